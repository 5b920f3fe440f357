// Charts of results: forest plot, stacked bars, importance. Each function returns {option, table, height}: an option of
// ECharts, and the rows that the CSV button writes.

function baseOption(look) {
    return {
        animation: false, backgroundColor: "transparent", toolbox: { show: false },
        textStyle: { fontFamily: look.font, color: look.text, fontSize: 12 },
        aria: { enabled: true },
        tooltip: {
            confine: true, backgroundColor: look.surface, borderColor: look.line,
            textStyle: { color: look.text, fontFamily: look.font, fontSize: 13 },
        },
    };
}

function rowAxis(labels, look) {
    return {
        type: "value", min: -0.5, max: labels.length - 0.5, inverse: true,
        axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false },
        axisLabel: {
            ...labelStyle(look), customValues: labels.map((_, at) => at), formatter: (at) => labels[at] ?? "",
        },
    };
}

function labelStyle(look) {
    return {
        color: look.text, fontFamily: look.font, fontSize: 12,
        rich: { name: { color: look.text, fontSize: 13, fontWeight: "bold", lineHeight: 17 }, step: { color: look.muted, fontSize: 12, lineHeight: 15 } },
    };
}

/** A term in two lines: the hyperparameter, and the step that its ratio compares. */
function termLabel(hyperparameter, step) {
    return `{name|${shorten(hyperparameter, 22)}}\n{step|${shorten(step, 26)}}`;
}

function emptyChart(look, message) {
    return {
        option: { ...baseOption(look), title: { text: message, left: "center", top: "middle", textStyle: { color: look.muted, fontSize: 14, fontWeight: "normal" } } },
        table: [["note"], [message]], height: 120,
    };
}

/** A horizontal line with a mark: an estimate with its interval. Data: [estimate, row, low, high, isFilled]. */
function drawEstimate(look, colour) {
    return (params, api) => {
        const [x, y] = api.coord([api.value(0), api.value(1)]);
        const low = api.coord([api.value(2), api.value(1)])[0];
        const high = api.coord([api.value(3), api.value(1)])[0];
        const line = { stroke: colour, lineWidth: 2, fill: "none" };
        return {
            type: "group",
            children: [
                { type: "line", shape: { x1: low, y1: y, x2: high, y2: y }, style: line },
                { type: "line", shape: { x1: low, y1: y - 4, x2: low, y2: y + 4 }, style: line },
                { type: "line", shape: { x1: high, y1: y - 4, x2: high, y2: y + 4 }, style: line },
                {
                    type: "rect", shape: { x: x - 5, y: y - 5, width: 10, height: 10 },
                    style: { stroke: colour, lineWidth: 2, fill: api.value(4) ? colour : look.surface },
                },
            ],
        };
    };
}

function forestChart(group, choice, look) {
    const outcome = choice.outcome;
    const effects = analysesOf(group).effects.filter((effect) => effect.outcome === outcome && effect.ratio !== null);
    if (effects.length === 0) {
        const fit = analysesOf(group).fits.find((candidate) => candidate.outcome === outcome);
        return emptyChart(look, fit && fit.reason ? fit.reason : "no effect was estimated");
    }
    const axis = numberAxis([1, ...effects.flatMap((effect) => [effect.ratio, ...effect.ratio_ci95])], { isLog: true });
    const labels = effects.map((effect) => termLabel(effect.hyperparameter, effect.ratio_text));
    const data = effects.map((effect, row) => [
        axis.place(effect.ratio), row, axis.place(effect.ratio_ci95[0]), axis.place(effect.ratio_ci95[1]), effect.p_holm < 0.05 ? 1 : 0,
    ]);
    const describe = (effect) => ratioWords(effect.ratio, effect.ratio_ci95);
    return {
        height: 110 + 42 * effects.length,
        option: {
            ...baseOption(look),
            grid: { left: 172, right: 142, top: 10, bottom: 52 },
            xAxis: axisOption(axis, `ratio of ${outcome} (log scale)`, look),
            yAxis: [rowAxis(labels, look), { ...rowAxis(effects.map(describe), look), position: "right" }],
            series: [{
                type: "custom", name: "effects", renderItem: drawEstimate(look, look.main), data, encode: { x: [0, 2, 3], y: 1 },
                markLine: {
                    silent: true, symbol: "none", label: { show: false }, data: [{ xAxis: 0 }],
                    lineStyle: { color: look.muted, type: "dashed" },
                },
                tooltip: {
                    formatter: (params) => {
                        const effect = effects[params.dataIndex];
                        return tooltipLines([
                            `${effect.hyperparameter} ${effect.ratio_text}`, `${outcome} ratio ${describe(effect)}`,
                            `p (Holm) ${pText(effect.p_holm)}`,
                        ]);
                    },
                },
            }, { type: "scatter", yAxisIndex: 1, data: [] }],
        },
        table: [
            ["hyperparameter", "level", "step", "outcome", "ratio", "ci95_low", "ci95_high", "p_holm"],
            ...effects.map((effect) => [
                effect.hyperparameter, effect.level, effect.ratio_text, outcome, effect.ratio, ...effect.ratio_ci95, effect.p_holm,
            ]),
        ],
    };
}

/** The effects of one term on energy, duration and power, for every term that has all three. */
function splitRows(analyses) {
    return analyses.splits.map((split) => {
        const ratioOf = (outcome) => analyses.effects.find((effect) => effect.outcome === outcome &&
            effect.hyperparameter === split.hyperparameter && effect.term === split.term && effect.level === split.level);
        return { split, energy: ratioOf("energy"), duration: ratioOf("duration"), power: ratioOf("power") };
    }).filter((row) => row.energy?.ratio && row.duration?.ratio && row.power?.ratio);
}

function stackedChart(group, choice, look) {
    const rows = splitRows(analysesOf(group));
    if (rows.length === 0) {
        return emptyChart(look, "no effect on energy was estimated");
    }
    const scale = Math.log;
    const sums = rows.flatMap((row) => {
        const parts = [scale(row.duration.ratio), scale(row.power.ratio)];
        return [parts.filter((part) => part > 0).reduce((a, b) => a + b, 0), parts.filter((part) => part < 0).reduce((a, b) => a + b, 0)];
    });
    const axis = numberAxis([1, ...sums.map(Math.exp)], { isLog: true });
    const labels = rows.map((row) => termLabel(row.split.hyperparameter, row.energy.ratio_text));
    const bars = (name, part, colour, pattern) => ({
        type: "bar", name, stack: "energy", barWidth: 16, data: rows.map((row, at) => [scale(row[part].ratio), at]),
        encode: { x: 0, y: 1 }, itemStyle: { color: colour, decal: pattern, borderColor: look.surface, borderWidth: 1 },
    });
    return {
        height: 130 + 42 * rows.length,
        option: {
            ...baseOption(look),
            legend: { top: 0, right: 0, textStyle: { color: look.text, fontFamily: look.font } },
            grid: { left: 172, right: 70, top: 34, bottom: 52 },
            xAxis: axisOption(axis, "ratio of energy (log scale)", look),
            yAxis: [
                { ...rowAxis(labels, look), type: "category", data: labels, min: undefined, max: undefined, axisLabel: labelStyle(look) },
                { ...rowAxis(rows.map((row) => ratioNumber(row.energy.ratio)), look), position: "right" },
            ],
            series: [
                {
                    ...bars("longer", "duration", look.main),
                    markLine: { silent: true, symbol: "none", label: { show: false }, data: [{ xAxis: 0 }], lineStyle: { color: look.muted } },
                },
                bars("more watts", "power", look.second, { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: 0.7, color: "rgba(0,0,0,.25)" }),
                { type: "scatter", yAxisIndex: 1, data: [] },
            ],
            tooltip: {
                ...baseOption(look).tooltip, trigger: "item",
                formatter: (params) => {
                    const row = rows[params.dataIndex];
                    return tooltipLines([
                        `${row.split.hyperparameter} ${row.energy.ratio_text}`, `energy x${ratioNumber(row.energy.ratio)}`,
                        `= duration x${ratioNumber(row.duration.ratio)}`, `× power x${ratioNumber(row.power.ratio)}`,
                    ]);
                },
            },
        },
        table: [
            ["hyperparameter", "level", "step", "energy_ratio", "duration_ratio", "power_ratio"],
            ...rows.map((row) => [
                row.split.hyperparameter, row.split.level, row.energy.ratio_text, row.energy.ratio, row.duration.ratio, row.power.ratio,
            ]),
        ],
    };
}

function importanceChart(group, choice, look) {
    const shares = analysesOf(group).importance.filter((share) => share.outcome === choice.outcome);
    if (shares.length === 0) {
        return emptyChart(look, "no shares for this outcome");
    }
    const high = Math.max(...shares.map((share) => (share.ci95 ? share.ci95[1] : share.share)));
    const axis = numberAxis([0, 100 * high], { margin: 0.03 });
    axis.min = 0;
    const labels = shares.map((share) => share.hyperparameter);
    const describe = (share) => `${shortNumber(share.share * 100, 3)} % ${share.ci95 ? intervalText(share.ci95.map((x) => x * 100)) : ""}`;
    return {
        height: 110 + 32 * shares.length,
        option: {
            ...baseOption(look),
            grid: { left: 172, right: 142, top: 10, bottom: 52 },
            xAxis: axisOption(axis, `share of R² of ${choice.outcome} (%)`, look),
            yAxis: [rowAxis(labels, look), { ...rowAxis(shares.map(describe), look), position: "right" }],
            series: [{
                type: "custom", encode: { x: [0, 2, 3], y: 1 },
                data: shares.map((share, row) => [100 * share.share, row, 100 * (share.ci95 ?? [share.share])[0], 100 * (share.ci95 ?? [0, share.share])[1]]),
                renderItem: (params, api) => {
                    const [x, y] = api.coord([api.value(0), api.value(1)]);
                    const zero = api.coord([0, api.value(1)])[0];
                    const low = api.coord([api.value(2), api.value(1)])[0];
                    const end = api.coord([api.value(3), api.value(1)])[0];
                    return {
                        type: "group",
                        children: [
                            { type: "rect", shape: { x: zero, y: y - 8, width: x - zero, height: 16 }, style: { fill: look.main } },
                            { type: "line", shape: { x1: low, y1: y, x2: end, y2: y }, style: { stroke: look.text, lineWidth: 1.5 } },
                        ],
                    };
                },
                tooltip: { formatter: (params) => tooltipLines([labels[params.dataIndex], describe(shares[params.dataIndex])]) },
            }, { type: "scatter", yAxisIndex: 1, data: [] }],
        },
        table: [
            ["hyperparameter", "outcome", "share", "ci95_low", "ci95_high", "spearman", "spearman_p"],
            ...shares.map((share) => [share.hyperparameter, share.outcome, share.share, ...(share.ci95 ?? ["", ""]), share.spearman, share.spearman_p]),
        ],
    };
}
