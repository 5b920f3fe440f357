"use strict";
// The report's data and what all charts share. Numbers come from report.json; nothing here computes a statistic.

/** Lists of like objects are stored by column (packed_json.hpp); this gives the lists back. */
function unpacked(value) {
    if (Array.isArray(value)) {
        return value.map(unpacked);
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    if (!("=columns" in value)) {
        return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unpacked(member)]));
    }
    const columns = Object.entries(value["=columns"]).map(([key, column]) => [key, unpacked(column)]);
    return columns[0][1].map((_, row) => Object.fromEntries(columns.map(([key, column]) => [key, column[row]])));
}

const report = unpacked(JSON.parse(document.getElementById("report").textContent));

/** What the reader chose: `withFlagged`, and per group which runs (places in `run_table`) are selected. */
const view = {
    withFlagged: false,
    brushed: report.groups.map(() => null),
    filtered: report.groups.map(() => null),
};

function analysesOf(group) {
    return view.withFlagged && group.with_flagged ? group.with_flagged : group;
}

/** `energy_joules`, or `duration_seconds` in a group without energy. */
function costField(group) {
    return group.energy_parts.length > 0 ? "energy_joules" : "duration_seconds";
}

function costHeading(group) {
    return group.energy_parts.length > 0 ? "energy (J)" : "duration (s)";
}

/** The selected places in `run_table`, or null if all runs are shown. */
function selectedRows(index) {
    const brushed = view.brushed[index];
    const filtered = view.filtered[index];
    if (!brushed || !filtered) {
        return brushed || filtered;
    }
    return new Set([...brushed].filter((row) => filtered.has(row)));
}

const kLossNames = {
    run: "not run", succeeded: "failed", metrics: "no metric", energy: "no usable energy", unflagged: "flagged", analysed: "excluded",
};

/** In words, as in the page's table. */
function runState(run) {
    if (run.is_control) {
        return "control";
    }
    return run.lost_at === null ? "analysed" : kLossNames[run.lost_at];
}

function variedInputs(group) {
    return group.inputs.filter((input) => input.coding !== "constant");
}

/** A number as the page writes it: rounded to `digits`, without an exponent where that stays short. */
function shortNumber(value, digits = 4) {
    if (typeof value !== "number") {
        return value === null || value === undefined ? "–" : String(value);
    }
    const rounded = Number(value.toPrecision(digits));
    const size = Math.abs(rounded);
    if (rounded === 0 || (size >= 1e-4 && size < 1e9)) {
        return String(rounded);
    }
    return rounded.toExponential().replace("e+", "e");
}

function intervalText(interval) {
    return interval ? `[${shortNumber(interval[0], 3)}, ${shortNumber(interval[1], 3)}]` : "–";
}

function shorten(text, length = 28) {
    return text.length > length ? text.slice(0, length - 1) + "…" : text;
}

/** A number beside a ratio: three digits, and three decimals if the ratio is near 1, where they matter. */
function ratioPart(ratio, number) {
    const decimals = Math.abs(ratio - 1) < 0.1 || number <= 0 ? 3 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(number) + 1e-12)));
    return number.toFixed(decimals);
}

function ratioNumber(ratio) {
    return ratioPart(ratio, ratio);
}

function ratioWords(ratio, interval) {
    return `${ratioNumber(ratio)} [${interval.map((end) => ratioPart(ratio, end)).join(", ")}]`;
}

function pText(p) {
    return p !== null && p < 1e-4 ? "< 0.0001" : shortNumber(p, 2);
}

/** The colours and fonts of the style sheet, so that charts follow dark mode. */
function theme() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue("--" + name).trim();
    return {
        text: colour("text"), muted: colour("muted"), line: colour("line"), surface: colour("surface"),
        main: colour("main"), second: colour("second"), third: colour("third"), faint: colour("faint"),
        font: getComputedStyle(document.body).fontFamily,
    };
}

function linearTicks(low, high, count = 5) {
    const raw = (high - low) / count || Math.abs(high) || 1;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999);
    const ticks = [];
    for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step) {
        ticks.push(Number(tick.toPrecision(12)));
    }
    return ticks;
}

function logTicks(low, high) {
    const decades = Math.log10(high / low);
    if (decades < 0.7) {
        return linearTicks(low, high).filter((tick) => tick > 0);
    }
    const factors = decades > 3 ? [1] : decades > 1.4 ? [1, 3] : [1, 2, 5];
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
        for (const factor of factors) {
            const tick = Number((factor * 10 ** power).toPrecision(6));
            if (tick >= low * 0.999 && tick <= high * 1.001) {
                ticks.push(tick);
            }
        }
    }
    return ticks;
}

/**
 * An axis for numbers: where a value is drawn, and the ticks with their labels. A logarithmic axis has no 0; if the data
 * have one, it gets a marked slot left of the smallest value.
 */
function numberAxis(values, { isLog = false, margin = 0.06 } = {}) {
    const numbers = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
    const hasZero = isLog && values.some((value) => value === 0);
    const low = numbers.length > 0 ? Math.min(...numbers) : 1;
    const high = numbers.length > 0 ? Math.max(...numbers) : 1;
    const scale = isLog ? Math.log : (value) => value;
    const back = isLog ? Math.exp : (value) => value;
    const isPoint = high === low;
    const room = isPoint ? (isLog ? 0.1 : Math.abs(high) * 0.1 || 0.5) : (scale(high) - scale(low)) * margin;
    const zeroSlot = scale(low) - Math.max(room, 0.12 * (scale(high) - scale(low)));
    const min = (hasZero ? zeroSlot : scale(low)) - room;
    const max = scale(high) + room;
    const ticks = (isLog ? logTicks(back(scale(low) - room), back(max)) : linearTicks(min, max)).map((tick) => ({
        at: scale(tick), label: shortNumber(tick),
    })).filter((tick) => tick.at >= min && tick.at <= max);
    if (hasZero) {
        ticks.unshift({ at: zeroSlot, label: "0" });
    }
    return { place: (value) => (isLog && value === 0 ? zeroSlot : isLog && !(value > 0) ? NaN : scale(value)), min, max, ticks, isLog };
}

/** An axis for words: each gets a number and its word as the label. */
function wordAxis(words) {
    const ticks = words.map((word, at) => ({ at, label: shorten(word, 16) }));
    return { place: (word) => words.indexOf(String(word)), min: -0.5, max: words.length - 0.5, ticks, isLog: false };
}

/** What ECharts needs of an axis made by numberAxis or wordAxis. */
function axisOption(axis, name, look) {
    const at = axis.ticks.map((tick) => tick.at);
    const labels = new Map(axis.ticks.map((tick) => [tick.at, tick.label]));
    return {
        type: "value", min: axis.min, max: axis.max, name, nameLocation: "middle", nameGap: 32,
        nameTextStyle: { color: look.text, fontFamily: look.font, fontSize: 13 },
        axisLine: { show: true, onZero: false, lineStyle: { color: look.muted } },
        axisTick: { show: true, customValues: at, lineStyle: { color: look.muted } },
        axisLabel: {
            color: look.text, fontFamily: look.font, fontSize: 12, customValues: at, hideOverlap: true,
            textBorderColor: look.surface, textBorderWidth: 3,
            formatter: (value) => labels.get(value) ?? "",
        },
        splitLine: { show: false },
    };
}

/** A tooltip whose lines are text, never HTML. */
function tooltipLines(lines) {
    const box = document.createElement("div");
    box.className = "tooltip";
    box.textContent = lines.join("\n");
    return box;
}
