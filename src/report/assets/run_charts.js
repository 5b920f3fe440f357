// Charts whose points are runs: Pareto front, slices, parallel coordinates, control runs. `places` gives for each point the runs
// (places in `run_table`) behind it, for selection.

const kDimmed = 0.12;

function runLines(group, rows) {
    const inputs = variedInputs(group).map((input) => input.hyperparameter);
    const runs = rows.map((row) => group.run_table[row]);
    const first = runs[0];
    return [
        runs.length > 3 ? `${runs.length} runs` : runs.map((run) => run.experiment_id).join(", "),
        ...inputs.map((name) => `${name} ${shortNumber(first.values[name])}`),
        ...runs.flatMap((run) => run.flags.map((flag) => "flagged: " + flag.reason)),
    ];
}

/** Flagged runs that the analyses leave out, as points of their own. */
function flaggedPoints(group, metric) {
    if (view.withFlagged) {
        return [];
    }
    return group.run_table.map((run, row) => ({ run, row }))
        .filter(({ run }) => run.flags.length > 0 && !run.is_control && run[costField(group)] !== null && run.metrics[metric] !== undefined)
        .map(({ run, row }) => ({ rows: [row], cost: run[costField(group)], metric: run.metrics[metric] }));
}

function isShown(rows, selected) {
    return !selected || rows.some((row) => selected.has(row));
}

/** The front as steps: up to the next point's cost, the metric stays that of the point before. */
function frontLine(front, xAxis, yAxis) {
    return front.flatMap((point, at) => {
        const x = xAxis.place(point.cost);
        const corner = at > 0 ? [[x, yAxis.place(front[at - 1].metric)]] : [];
        return [...corner, [x, yAxis.place(point.metric)]];
    });
}

function paretoChart(group, choice, look, selected) {
    const pareto = analysesOf(group).pareto.find((candidate) => candidate.metric === choice.metric);
    if (!pareto || pareto.points.length === 0) {
        return emptyChart(look, pareto && pareto.reason ? pareto.reason : "no run has both values");
    }
    const points = pareto.points.map((point) => ({ ...point, cost: point[costField(group)] }));
    const flagged = flaggedPoints(group, choice.metric);
    const costs = [...points, ...flagged].map((point) => point.cost);
    const isLog = Math.min(...costs) > 0 && Math.max(...costs) / Math.min(...costs) > 5;
    const xAxis = numberAxis(costs, { isLog });
    const yAxis = numberAxis([...points, ...flagged].map((point) => point.metric));
    const front = points.filter((point) => point.on_front).sort((a, b) => a.cost - b.cost);
    const hollow = (point) => point.front_probability < 0.5;
    const isFlagged = (point) => point.rows.some((row) => group.run_table[row].flags.length > 0);
    const series = [
        ["dominated", points.filter((point) => !point.on_front && !isFlagged(point)), "circle", look.muted, false],
        ["on the front", front.filter((point) => !hollow(point) && !isFlagged(point)), "diamond", look.main, false],
        ["on the front, uncertain", front.filter((point) => hollow(point) && !isFlagged(point)), "diamond", look.main, true],
        ["flagged", [...flagged, ...points.filter(isFlagged)], "triangle", look.second, true],
    ].filter(([, members]) => members.length > 0);
    const draw = ([name, members, symbol, colour, isHollow]) => ({
        type: "scatter", name, symbol, symbolSize: symbol === "circle" ? 8 : 13,
        itemStyle: { color: isHollow ? look.surface : colour, borderColor: colour, borderWidth: isHollow ? 2 : 0.5 },
        data: members.map((point) => ({
            value: [xAxis.place(point.cost), yAxis.place(point.metric)], point,
            itemStyle: {
                color: isHollow ? "transparent" : colour, borderColor: colour, borderWidth: isHollow ? 2 : 0.5,
                opacity: isShown(point.rows, selected) ? 0.9 : kDimmed,
            },
        })),
        tooltip: {
            formatter: ({ data: { point } }) => tooltipLines([
                `${costHeading(group)} ${shortNumber(point.cost)}`, `${choice.metric} ${shortNumber(point.metric)}`,
                ...(point.on_front ? [`P(on the front) ${shortNumber(point.front_probability, 2)}`] : []), ...runLines(group, point.rows),
            ]),
        },
    });
    return {
        height: 380,
        points: [...points, ...flagged].map((point) => ({ at: [xAxis.place(point.cost), yAxis.place(point.metric)], rows: point.rows })),
        option: {
            ...baseOption(look),
            grid: { left: 66, right: 18, top: 34, bottom: 52 },
            legend: { top: 0, itemWidth: 14, textStyle: { color: look.text, fontFamily: look.font } },
            xAxis: axisOption(xAxis, costHeading(group) + (isLog ? ", log scale" : ""), look),
            yAxis: { ...axisOption(yAxis, choice.metric, look), nameGap: 46 },
            brush: brushOption(look),
            series: [
                { type: "line", silent: true, symbol: "none", lineStyle: { color: look.main, width: 1.5 }, data: frontLine(front, xAxis, yAxis) },
                ...series.map(draw),
            ],
        },
        table: [
            ["experiment_ids", group.energy_parts.length > 0 ? "energy_joules" : "duration_seconds", choice.metric, "on_front", "front_probability"],
            ...points.map((point) => [point.experiment_ids.join(" "), point.cost, point.metric, point.on_front, point.front_probability]),
        ],
    };
}

function inputAxis(input, values) {
    return input.coding === "choice" ? wordAxis([...new Set(values.map(String))])
        : numberAxis(values, { isLog: input.coding === "log" || input.coding === "zero" });
}

function sliceChart(group, choice, look, selected) {
    const input = variedInputs(group).find((candidate) => candidate.hyperparameter === choice.input);
    const isCost = choice.outcome === "energy" || choice.outcome === "duration";
    const read = (run) => (isCost ? run[costField(group)] : run.metrics[choice.outcome]);
    const runs = group.run_table.map((run, row) => ({ run, row })).filter(({ run }) => !run.is_control &&
        (read(run) ?? null) !== null && (run.values[input.hyperparameter] ?? null) !== null);
    if (runs.length === 0) {
        return emptyChart(look, "no run has both values");
    }
    const xAxis = inputAxis(input, runs.map(({ run }) => run.values[input.hyperparameter]));
    const yAxis = numberAxis(runs.map(({ run }) => read(run)), { isLog: isCost });
    const at = (run) => [xAxis.place(run.values[input.hyperparameter]), yAxis.place(read(run))];
    const isLog = (axis) => (axis.isLog ? ", log scale" : "");
    const kinds = [["analysed", "circle", look.main], ["flagged", "triangle", look.second], ["excluded", "rect", look.muted]];
    const kindOf = (run) => (["analysed", "flagged"].includes(runState(run)) ? runState(run) : "excluded");
    return {
        height: 320,
        points: runs.map(({ run, row }) => ({ at: at(run), rows: [row] })),
        option: {
            ...baseOption(look),
            grid: { left: 80, right: 18, top: 34, bottom: 52 },
            legend: { top: 0, itemWidth: 14, textStyle: { color: look.text, fontFamily: look.font } },
            xAxis: axisOption(xAxis, choice.input + isLog(xAxis), look),
            yAxis: { ...axisOption(yAxis, (isCost ? costHeading(group) : choice.outcome) + isLog(yAxis), look), nameGap: 58 },
            brush: brushOption(look),
            series: kinds.map(([kind, symbol, colour]) => ({
                type: "scatter", name: kind, symbol, symbolSize: kind === "flagged" ? 12 : 8,
                itemStyle: { color: kind === "analysed" ? colour : look.surface, borderColor: colour, borderWidth: kind === "analysed" ? 0 : 2 },
                data: runs.filter(({ run }) => kindOf(run) === kind).map(({ run, row }) => ({
                    value: at(run), row, itemStyle: { opacity: isShown([row], selected) ? 0.8 : kDimmed },
                })),
                tooltip: { formatter: ({ data }) => tooltipLines([`${choice.outcome} ${shortNumber(read(group.run_table[data.row]))}`, ...runLines(group, [data.row])]) },
            })).filter((series) => series.data.length > 0),
        },
        table: [["experiment_id", choice.input, isCost ? costField(group) : choice.outcome, "state"],
            ...runs.map(({ run }) => [run.experiment_id, run.values[choice.input], read(run), runState(run)])],
    };
}

function brushOption(look) {
    return {
        xAxisIndex: 0, brushMode: "single", transformable: false, throttleType: "debounce", throttleDelay: 30, toolbox: [],
        brushStyle: { borderWidth: 1.5, color: "rgba(120,140,170,.18)", borderColor: look.main },
        inBrush: {}, outOfBrush: {},
    };
}

function controlChart(group, choice, look, selected) {
    const runs = group.run_table.map((run, row) => ({ run, row }))
        .filter(({ run }) => run.is_control && run.start !== null && run[costField(group)] !== null);
    if (runs.length === 0) {
        return emptyChart(look, "no control run has a start and a value");
    }
    const starts = group.run_table.filter((run) => run.start !== null).map((run) => Date.parse(run.start));
    const first = Math.min(...starts);
    const hours = (run) => (Date.parse(run.start) - first) / 3600000;
    const xAxis = numberAxis([0, ...runs.map(({ run }) => hours(run))]);
    const yAxis = numberAxis(runs.map(({ run }) => run[costField(group)]), { margin: 0.4 });
    return {
        height: 260,
        points: runs.map(({ run, row }) => ({ at: [hours(run), run[costField(group)]], rows: [row] })),
        option: {
            ...baseOption(look),
            grid: { left: 80, right: 18, top: 12, bottom: 52 },
            xAxis: axisOption(xAxis, "time since the first start (h)", look),
            yAxis: { ...axisOption(yAxis, costHeading(group), look), nameGap: 58 },
            brush: brushOption(look),
            series: [{
                type: "line", symbol: "rect", symbolSize: 9, lineStyle: { color: look.line }, itemStyle: { color: look.third },
                data: runs.map(({ run, row }) => ({
                    value: [hours(run), run[costField(group)]], row, itemStyle: { color: look.third, opacity: isShown([row], selected) ? 1 : kDimmed },
                })),
                tooltip: { formatter: ({ data }) => tooltipLines([costHeading(group) + " " + shortNumber(data.value[1]), ...runLines(group, [data.row])]) },
            }],
        },
        table: [["experiment_id", "hours", costField(group)], ...runs.map(({ run }) => [run.experiment_id, hours(run), run[costField(group)]])],
    };
}

/** The columns of the parallel coordinates: varied inputs, cost, metrics. */
function parallelColumns(group, runs) {
    const columns = variedInputs(group).map((input) => {
        const read = (run) => run.values[input.hyperparameter];
        const values = runs.map(({ run }) => read(run));
        if (input.coding === "choice") {
            return { name: input.hyperparameter, read, axis: wordAxis([...new Set(values.map(String))]) };
        }
        const isLog = input.coding === "log" || input.coding === "zero";
        return { name: input.hyperparameter + (isLog ? " (log)" : ""), read, axis: numberAxis(values, { isLog, margin: 0 }) };
    });
    const readCost = (run) => run[costField(group)];
    columns.push({ name: costHeading(group) + ", log", read: readCost, axis: numberAxis(runs.map(({ run }) => readCost(run)), { isLog: true, margin: 0 }) });
    for (const metric of group.metrics) {
        const read = (run) => run.metrics[metric.name];
        columns.push({ name: metric.name, read, axis: numberAxis(runs.map(({ run }) => read(run)), { margin: 0 }) });
    }
    return columns;
}

function parallelChart(group, choice, look, selected, width) {
    const runs = group.run_table.map((run, row) => ({ run, row })).filter(({ run }) => !run.is_control && run[costField(group)] !== null &&
        (runState(run) === "analysed" || runState(run) === "flagged"));
    if (runs.length === 0) {
        return emptyChart(look, "no run was analysed");
    }
    const columns = parallelColumns(group, runs);
    const nameLength = Math.max(8, Math.floor((width - 140) / Math.max(1, columns.length - 1) / 7));
    const opacity = Math.max(0.15, Math.min(0.7, 30 / runs.length));
    return {
        height: 360,
        runRows: runs.map(({ row }) => row),
        option: {
            ...baseOption(look),
            parallel: { left: 50, right: 90, top: 56, bottom: 24, parallelAxisDefault: { realtime: false } },
            parallelAxis: columns.map((column, dim) => ({
                ...axisOption(column.axis, shorten(column.name, Math.min(28, nameLength)), look), dim, nameLocation: "end", nameGap: 14,
                areaSelectStyle: { width: 18, borderColor: look.main, color: look.main, opacity: 0.25 },
            })),
            series: [{
                type: "parallel", inactiveOpacity: kDimmed / 3, activeOpacity: Math.min(1, opacity * 1.6),
                smooth: false,
                data: runs.map(({ run, row }) => ({
                    value: columns.map((column) => column.axis.place(column.read(run))),
                    lineStyle: {
                        color: run.flags.length > 0 ? look.second : look.main, type: run.flags.length > 0 ? "dashed" : "solid", width: 1.4,
                        opacity: isShown([row], selected) ? (selected ? Math.min(1, opacity * 1.6) : opacity) : kDimmed / 3,
                    },
                })),
            }],
            tooltip: { ...baseOption(look).tooltip, formatter: (params) => (params.dataIndex === undefined ? "" : tooltipLines(runLines(group, [runs[params.dataIndex].row]))) },
        },
        table: [["experiment_id", ...columns.map((column) => column.name)], ...runs.map(({ run }) => [run.experiment_id, ...columns.map((column) => column.read(run))])],
    };
}
