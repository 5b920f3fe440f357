// The page: figures with their buttons, selection across charts, the switches.

const kCharts = {
    forest: forestChart, stacked: stackedChart, importance: importanceChart, pareto: paretoChart, parallel: parallelChart, control: controlChart,
    slice: sliceChart,
};
const kIsRunChart = new Set(["pareto", "parallel", "control", "slice"]);

function saveFile(name, type, content) {
    const url = URL.createObjectURL(new Blob([content], { type }));
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function csvText(rows) {
    const cell = (value) => {
        const text = value === null || value === undefined ? "" : String(value);
        return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

class Figure {
    constructor(node, onBrush) {
        this.node = node;
        this.kind = node.dataset.chart;
        this.index = Number(node.dataset.group);
        this.group = report.groups[this.index];
        this.onBrush = onBrush;
        this.choice = {};
        this.plot = node.querySelector(".plot");
        this.box = make("div", { className: "chart" });
        this.box.setAttribute("role", "img");
        this.box.setAttribute("aria-label", node.querySelector("h3").textContent + ". The table of this section has its numbers.");
        this.plot.append(this.box);
        this.addTools();
        this.chart = echarts.init(this.box, null, { renderer: "canvas" });
        node.classList.add("drawn");
        this.built = this.build(theme());
        this.box.style.height = this.built.height + "px";
        this.listen();
        this.isVisible = false;
        this.stale = "draw";
        new IntersectionObserver((entries) => this.onScroll(entries.at(-1).isIntersecting), { rootMargin: "200px" }).observe(this.box);
        new ResizeObserver(() => (this.kind === "parallel" ? this.update("draw") : this.chart.resize())).observe(this.box);
    }

    onScroll(isVisible) {
        this.isVisible = isVisible;
        if (isVisible) {
            this.refresh();
        }
    }

    /** Notes that the chart is out of date: `draw` all of it, or only `dim` by the selection. Far from the screen it waits. */
    update(what) {
        this.stale = this.stale === "draw" ? "draw" : what;
        if (this.isVisible) {
            this.refresh();
        } else {
            refreshLater();
        }
    }

    refresh() {
        const what = this.stale;
        this.stale = null;
        if (what === "draw") {
            this.draw();
        } else if (what === "dim") {
            this.dim();
        }
    }

    build(look) {
        return kCharts[this.kind](this.group, this.choice, look, selectedRows(this.index), this.box.clientWidth);
    }

    draw() {
        this.built = this.build(theme());
        this.box.style.height = this.built.height + "px";
        this.chart.resize();
        this.chart.setOption(this.built.option, { notMerge: true });
        if (this.built.option.brush) {
            this.chart.dispatchAction({ type: "takeGlobalCursor", key: "brush", brushOption: { brushType: "rect", brushMode: "single" } });
        }
    }

    /** New opacities alone: the frame that the reader drew stays. */
    dim() {
        this.built = this.build(theme());
        this.chart.setOption({ series: this.built.option.series });
    }

    listen() {
        if (this.kind === "parallel") {
            this.chart.on("axisareaselected", () => {
                const series = this.chart.getModel().getSeriesByIndex(0);
                const isBrushed = this.chart.getModel().queryComponents({ mainType: "parallelAxis" }).some((axis) => axis.activeIntervals.length > 0);
                const rows = isBrushed ? series.getRawIndicesByActiveState("active").map((at) => this.built.runRows[at]) : null;
                this.onBrush(this, rows && new Set(rows));
            });
        } else if (kIsRunChart.has(this.kind)) {
            this.chart.on("brushEnd", ({ areas }) => {
                if (!areas.length) {
                    this.onBrush(this, null);
                    return;
                }
                const [[left, right], [bottom, top]] = areas[0].coordRange;
                const inside = this.built.points.filter(({ at: [x, y] }) => x >= left && x <= right && y >= bottom && y <= top);
                this.onBrush(this, new Set(inside.flatMap((point) => point.rows)));
            });
        }
    }

    clearBrush() {
        if (this.kind === "parallel") {
            this.update("draw");
        } else if (kIsRunChart.has(this.kind)) {
            this.chart.dispatchAction({ type: "brush", areas: [] });
        }
    }

    addTools() {
        const tools = make("div", { className: "figure-tools" });
        this.addChoices(tools);
        const add = (name, action) => {
            const button = make("button", { type: "button", textContent: name });
            button.setAttribute("aria-label", `Save "${this.node.querySelector("h3").textContent}" as ${name}`);
            button.addEventListener("click", action);
            tools.append(button);
        };
        add("SVG", () => saveFile(this.fileName("svg"), "image/svg+xml", this.svg()));
        add("PNG", () => {
            this.refresh();
            // Not a data: address, which browsers cut at 2 MB.
            const canvas = this.chart.renderToCanvas({ pixelRatio: 3, backgroundColor: theme().surface });
            canvas.toBlob((blob) => saveFile(this.fileName("png"), "image/png", blob));
        });
        add("CSV", () => saveFile(this.fileName("csv"), "text/csv", csvText(this.build(theme()).table)));
        this.node.querySelector(".figure-head").append(tools);
    }

    /** What the reader may choose in this figure: for each name of `choice`, the options. */
    choices() {
        const { group } = this;
        const usual = costField(group) === "energy_joules" ? "energy" : "duration";
        const usualFirst = (outcomes) => [...new Set([usual, ...outcomes].filter((outcome) => outcomes.includes(outcome)))];
        switch (this.kind) {
        case "pareto": return { metric: group.pareto.map((pareto) => pareto.metric) };
        case "forest": return { outcome: usualFirst(group.effects.filter((effect) => effect.ratio !== null).map((effect) => effect.outcome)) };
        case "importance": return { outcome: usualFirst(group.importance.map((share) => share.outcome)) };
        case "slice": return {
            input: variedInputs(group).map((input) => input.hyperparameter), outcome: [usual, ...group.metrics.map((metric) => metric.name)],
        };
        default: return {};
        }
    }

    addChoices(tools) {
        for (const [key, options] of Object.entries(this.choices())) {
            this.choice[key] = options[0];
            if (options.length < 2) {
                continue;
            }
            const select = make("select", {}, ...options.map((name) => make("option", { value: name, textContent: shorten(name) })));
            select.setAttribute("aria-label", key + " of this figure");
            select.addEventListener("change", () => {
                this.choice[key] = select.value;
                this.update("draw");
            });
            tools.append(select);
        }
    }

    fileName(ending) {
        return `${this.node.id.replace("figure-", "")}.${ending}`;
    }

    /** The figure as it is on the screen, drawn once more as SVG, always in light colours. */
    svg() {
        const root = document.documentElement;
        const chosen = root.dataset.theme;
        root.dataset.theme = "light";
        const built = this.build({ ...theme(), font: "Arial, Helvetica, sans-serif" });
        if (chosen === undefined) {
            delete root.dataset.theme;
        } else {
            root.dataset.theme = chosen;
        }
        const copy = echarts.init(null, null, { renderer: "svg", ssr: true, width: this.box.clientWidth, height: built.height });
        copy.setOption({ ...built.option, backgroundColor: "#ffffff", brush: undefined, tooltip: undefined });
        const text = copy.renderToSVGString();
        copy.dispose();
        return text;
    }
}

const page = { figures: [], tables: [], timer: null };

/** Brings the charts far from the screen up to date, one after the other, when the reader does nothing. */
function refreshLater() {
    clearTimeout(page.timer);
    page.timer = setTimeout(() => {
        const next = page.figures.find((figure) => figure.stale !== null);
        if (next) {
            next.refresh();
            refreshLater();
        }
    }, 200);
}

/** After a change of the selection in a group: dims its charts, filters its table. */
function showSelection(index) {
    page.tables.filter((table) => table.index === index).forEach((table) => table.show());
    page.figures.filter((figure) => figure.index === index && kIsRunChart.has(figure.kind)).forEach((figure) => figure.update("dim"));
}

function onBrush(figure, rows) {
    view.brushed[figure.index] = rows;
    page.figures.filter((other) => other !== figure && other.index === figure.index && rows !== null).forEach((other) => {
        if (other.built.option.brush) {
            other.chart.dispatchAction({ type: "brush", areas: [] }, { silent: true });
        }
    });
    showSelection(figure.index);
}

function onFilter(index, rows) {
    if (rows === "clear") {
        view.brushed[index] = null;
        view.filtered[index] = null;
        page.tables.filter((table) => table.index === index).forEach((table) => {
            table.filter.value = "";
        });
        page.figures.filter((figure) => figure.index === index).forEach((figure) => figure.clearBrush());
    } else {
        view.filtered[index] = rows;
    }
    showSelection(index);
}

function drawAll() {
    page.figures.forEach((figure) => figure.update("draw"));
}

function addFlaggedSwitch(tools) {
    const root = document.documentElement;
    root.dataset.flagged = "without";
    const count = report.groups.reduce((sum, group) => sum + (group.with_flagged ? group.run_table.filter((run) => run.flags.length > 0).length : 0), 0);
    if (count === 0) {
        return;
    }
    const box = make("input", { type: "checkbox", id: "with-flagged" });
    box.addEventListener("change", () => {
        view.withFlagged = box.checked;
        root.dataset.flagged = box.checked ? "with" : "without";
        drawAll();
    });
    tools.append(make("label", {}, box, ` Include ${count} flagged run${count === 1 ? "" : "s"}`));
}

function addThemeButton(tools) {
    const root = document.documentElement;
    const button = make("button", { type: "button", textContent: "Dark or light" });
    button.addEventListener("click", () => {
        const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        root.dataset.theme = isDark ? "light" : "dark";
        drawAll();
    });
    tools.append(button);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}

function addCopyButton() {
    const text = document.getElementById("methods-text");
    if (!text || !text.textContent) {
        return;
    }
    const button = make("button", { type: "button", textContent: "Copy this paragraph" });
    button.addEventListener("click", () => {
        const range = document.createRange();
        range.selectNodeContents(text);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        document.execCommand("copy");
        button.textContent = "Copied";
    });
    text.after(button);
}

function startPage() {
    const tools = document.getElementById("tools");
    addFlaggedSwitch(tools);
    addThemeButton(tools);
    addCopyButton();
    document.querySelectorAll("table.runs").forEach((table) => page.tables.push(new RunTable(table, onFilter)));
    if (typeof echarts === "undefined") {
        return;
    }
    document.querySelectorAll("figure[data-chart]").forEach((node) => page.figures.push(new Figure(node, onBrush)));
    refreshLater();
    addEventListener("beforeprint", () => {
        page.figures.forEach((figure) => figure.refresh());
        page.tables.forEach((table) => table.showAll());
    });
}

startPage();
