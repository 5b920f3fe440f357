// The tables of runs: sort, filter, select, open a row. The rows are in the page already; row i is run i of `run_table`.

const kRowsShown = 100;

function make(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
}

class RunTable {
    constructor(table, onFilter) {
        this.table = table;
        this.index = Number(table.dataset.group);
        this.group = report.groups[this.index];
        this.runs = this.group.run_table;
        this.onFilter = onFilter;
        this.body = table.tBodies[0];
        this.rows = [...this.body.rows];
        this.order = this.rows.map((_, row) => row);
        this.limit = kRowsShown;
        this.headings = [...table.tHead.rows[0].cells];
        this.columns = this.headings.map((cell) => ({
            heading: cell.textContent, kind: cell.dataset.kind, key: cell.dataset.key, cell,
        }));
        this.addControls();
        this.columns.forEach((column) => this.addSortButton(column));
        this.body.addEventListener("click", (event) => this.onRowClick(event));
        this.rows.forEach((row, at) => this.prepareRow(row, at));
        this.show();
    }

    valueOf(row, column) {
        const run = this.runs[row];
        switch (column.kind) {
        case "value": return run.values[column.key];
        case "metric": return run.metrics[column.key];
        case "state": return runState(run);
        default: return run[column.key];
        }
    }

    addControls() {
        const id = "filter-" + this.index;
        this.filter = make("input", { type: "search", id, placeholder: "accuracy > 0.9 energy < 500 flagged", spellcheck: false });
        this.filter.addEventListener("input", () => this.applyFilter());
        this.clear = make("button", { type: "button", textContent: "Clear selection", className: "clear", disabled: true });
        this.clear.addEventListener("click", () => this.onFilter(this.index, "clear"));
        this.count = make("span", { className: "count" });
        this.count.setAttribute("role", "status");
        this.more = make("button", { type: "button", textContent: "Show all" });
        this.more.addEventListener("click", () => this.showAll());
        const help = "Words must be in a row; a column's name with <, >, <=, >= or = and a number compares. Charts follow.";
        const box = make("div", { className: "table-tools" }, make("label", { htmlFor: id, textContent: "Filter" }), this.filter,
            this.clear, this.count, this.more, make("p", { className: "note", textContent: help }));
        this.table.closest(".scroll").before(box);
    }

    showAll() {
        this.limit = Infinity;
        this.show();
    }

    addSortButton(column) {
        const button = make("button", { type: "button", className: "sort", textContent: column.heading });
        column.cell.replaceChildren(button);
        column.cell.setAttribute("aria-sort", "none");
        button.addEventListener("click", () => this.sortBy(column));
    }

    sortBy(column) {
        const isAscending = column.cell.getAttribute("aria-sort") !== "ascending";
        this.headings.forEach((cell) => cell.setAttribute("aria-sort", "none"));
        column.cell.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
        const values = this.rows.map((_, row) => this.valueOf(row, column) ?? null);
        const direction = isAscending ? 1 : -1;
        const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
        this.order.sort((a, b) => {
            if (values[a] === null || values[b] === null) {
                return (values[a] === null) - (values[b] === null) || a - b;
            }
            return direction * compare(values[a], values[b]) || a - b;
        });
        this.show();
    }

    /** `energy<500 adam`: comparisons by a column's name (or its beginning), and words. */
    applyFilter() {
        const text = this.filter.value.trim().toLowerCase();
        const comparisons = [];
        const rest = text.replace(/([^\s<>=]+)\s*(<=|>=|<|>|=)\s*([^\s<>=]+)/g, (whole, name, operator, value) => {
            const column = this.columns.find((candidate) => (candidate.key ?? "").toLowerCase() === name) ??
                this.columns.find((candidate) => candidate.heading.toLowerCase().startsWith(name));
            if (!column) {
                return whole;
            }
            comparisons.push({ column, operator, value });
            return " ";
        });
        const words = rest.split(/\s+/).filter((word) => word !== "");
        const rows = this.rows.map((_, row) => row).filter((row) => comparisons.every((comparison) => this.holds(row, comparison)) &&
            words.every((word) => this.textOf(row).includes(word)));
        this.onFilter(this.index, text === "" ? null : new Set(rows));
    }

    textOf(row) {
        this.texts ??= this.rows.map((_, at) => [this.runs[at].session, ...this.columns.map((column) => this.valueOf(at, column))].join(" ").toLowerCase());
        return this.texts[row];
    }

    holds(row, { column, operator, value }) {
        const found = this.valueOf(row, column);
        if (found === null || found === undefined) {
            return false;
        }
        const number = Number(value);
        if (Number.isNaN(number) || typeof found !== "number") {
            return operator === "=" && String(found).toLowerCase() === value;
        }
        return { "<": found < number, ">": found > number, "<=": found <= number, ">=": found >= number, "=": found === number }[operator];
    }

    /** Shows the selected rows in the chosen order, the first `limit` of them. */
    show() {
        const selected = selectedRows(this.index);
        this.body.querySelectorAll("tr.details").forEach((row) => row.remove());
        this.body.querySelectorAll("[aria-expanded=true]").forEach((button) => button.setAttribute("aria-expanded", "false"));
        const matching = selected ? this.order.filter((row) => selected.has(row)) : this.order;
        const shown = matching.slice(0, this.limit);
        this.body.replaceChildren(...shown.map((row) => this.rows[row]));
        const hidden = matching.length - shown.length;
        this.count.textContent = `${matching.length} of ${this.rows.length} runs` + (hidden > 0 ? `, the first ${shown.length} shown` : "");
        this.more.hidden = hidden === 0;
        this.clear.disabled = selected === null;
    }

    prepareRow(row, at) {
        const run = this.runs[at];
        const open = make("button", { type: "button", className: "open", textContent: "▸" });
        open.setAttribute("aria-expanded", "false");
        open.setAttribute("aria-label", "Details of run " + run.experiment_id);
        open.dataset.row = at;
        row.cells[0].prepend(open);
        if (run.flags.length > 0) {
            row.classList.add("flagged");
        }
    }

    onRowClick(event) {
        const button = event.target.closest("button.open");
        if (!button) {
            return;
        }
        const row = button.closest("tr");
        const isOpen = button.getAttribute("aria-expanded") === "true";
        button.setAttribute("aria-expanded", String(!isOpen));
        if (isOpen) {
            row.nextElementSibling.remove();
            return;
        }
        const cell = make("td", { colSpan: this.columns.length }, this.details(this.runs[Number(button.dataset.row)]));
        row.after(make("tr", { className: "details" }, cell));
    }

    details(run) {
        const list = make("dl");
        const add = (name, value) => {
            if (value !== null && value !== undefined && value !== "") {
                list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
            }
        };
        add("session", run.session);
        add("values", Object.entries(run.values).map(([name, value]) => `${name} = ${value ?? "not set"}`).join(", "));
        add("command", run.command.join(" "));
        add("status", run.status);
        add("excluded because", run.reason);
        run.flags.forEach((flag) => add("flagged by " + flag.by, flag.reason));
        add("start", run.start);
        const quantity = (name, value, unit) => add(name, value === null ? null : `${shortNumber(value)} ${unit}`);
        quantity("energy", run.energy_joules, "J");
        quantity("bound of energy (±)", run.uncertainty_joules, "J");
        quantity("CPU energy", run.cpu_energy_joules, "J");
        quantity("GPU energy", run.gpu_energy_joules, "J");
        add("verdict", run.verdict);
        quantity("mean GPU utilisation", run.utilisation_percent, "%");
        quantity("GPU temperature at the start", run.start_temperature_celsius, "°C");
        quantity("energy of failed attempts", run.failed_energy_joules, "J");
        add("folder", run.folder);
        return list;
    }
}
