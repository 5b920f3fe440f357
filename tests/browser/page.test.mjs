// The report's page in a real browser. Run by scripts/test.sh; the variables that it needs are in run.sh.

import assert from "node:assert/strict";
import { after, before, test as limitedTest } from "node:test";

import { axeSource, drag, openReport, sampleReport, savedFile, startBrowser, stopBrowser } from "./browser.mjs";

const kMegabyte = 1024 * 1024;
const kRunCount = "section#runs .count";

/** A test that waits for something that does not come fails, and does not hold up the others. */
function test(name, body) {
    limitedTest(name, { timeout: 60000 }, body);
}

before(startBrowser);
after(stopBrowser);

/** Opens a report, runs the test, and checks that nothing went wrong on the page. */
async function withReport(runs, options, body) {
    const opened = await openReport(runs, options);
    await body(opened.page, opened.report);
    assert.deepEqual(opened.problems, []);
    await opened.page.close();
}

/** By keyboard: a click would have to wait until the page has stopped scrolling. */
async function pressButton(page, selector) {
    await page.focus(selector);
    await page.keyboard.press("Enter");
}

/** Scrolls to each figure, since a chart is drawn when it comes near the screen, and waits until it is drawn. */
async function showFigures(page) {
    const ids = await page.$$eval("figure[data-chart]", (nodes) => nodes.map((node) => node.id));
    for (const id of ids) {
        await page.$eval("#" + id, (node) => node.scrollIntoView({ behavior: "instant" }));
        await page.waitForFunction((wanted) => page.figures.find((figure) => figure.node.id === wanted).stale === null, {}, id);
    }
}

/** How many of the canvas's pixels are painted, for each chart. */
function paintedPixels() {
    return [...document.querySelectorAll("figure[data-chart]")].map((figure) => {
        const canvas = figure.querySelector("canvas");
        if (!canvas) {
            return { chart: figure.id, painted: 0 };
        }
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let painted = 0;
        for (let at = 3; at < data.length; at += 4) {
            painted += data[at] > 0 ? 1 : 0;
        }
        return { chart: figure.id, painted };
    });
}

async function countOf(page, selector) {
    return Number((await page.$eval(selector, (node) => node.textContent)).split(" ")[0]);
}

for (const runs of [5, 200, 2000]) {
    for (const width of [1400, 700]) {
        test(`a report of ${runs} runs opens at ${width} px, and every chart is drawn`, async (t) => {
            await withReport(runs, { width }, async (page, report) => {
                await showFigures(page);
                const charts = await page.evaluate(paintedPixels);
                assert.ok(charts.length >= (runs === 5 ? 2 : 8), `${charts.length} charts`);
                for (const { chart, painted } of charts) {
                    assert.ok(painted > 300, `${chart} has ${painted} painted pixels`);
                }
                const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
                assert.ok(overflow <= 0, `the page is ${overflow} px wider than the window`);
                const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
                t.diagnostic(`first paint ${Math.round(paint)} ms, page ${(report.bytes / kMegabyte).toFixed(2)} MB`);
                assert.ok(report.bytes <= 4 * kMegabyte, `the page has ${report.bytes} bytes`);
            });
        });
    }
}

test("a frame around points of the Pareto chart filters the table and dims the other charts", async () => {
    await withReport(200, {}, async (page) => {
        const all = await countOf(page, kRunCount);
        await drag(page, "#figure-pareto canvas", [0.5, 0.12], [0.95, 0.5]);
        await page.waitForFunction((selector, count) => !document.querySelector(selector).textContent.startsWith(count + " "), {}, kRunCount, all);
        const some = await countOf(page, kRunCount);
        assert.ok(some > 0 && some < all, `${some} of ${all}`);
        await showFigures(page);
        const dimmed = await page.evaluate(() => page.figures.filter((figure) => figure.kind === "parallel" && figure.index === 0)
            .flatMap((figure) => figure.chart.getOption().series[0].data).filter((line) => line.lineStyle.opacity < 0.1).length);
        assert.ok(dimmed > 0);
        await pressButton(page, "section#runs button.clear");
        assert.equal(await countOf(page, kRunCount), all);
    });
});

test("a range on an axis of the parallel coordinates filters the table", async () => {
    await withReport(200, {}, async (page) => {
        await showFigures(page);
        const all = await countOf(page, kRunCount);
        const at = await page.evaluate(() => {
            const { chart } = page.figures.find((figure) => figure.kind === "parallel");
            const [x] = chart.convertToPixel({ parallelAxisIndex: 0 }, 0) ?? [50];
            return (x || 50) / chart.getWidth();
        });
        await drag(page, "#figure-parallel canvas", [at, 0.25], [at, 0.5]);
        await page.waitForFunction((selector, count) => !document.querySelector(selector).textContent.startsWith(count + " "), {}, kRunCount, all);
        const some = await countOf(page, kRunCount);
        assert.ok(some > 0 && some < all, `${some} of ${all}`);
    });
});

test("the filter compares numbers and finds words, by keyboard alone", async () => {
    await withReport(200, {}, async (page, { json }) => {
        await page.focus("#filter-0");
        await page.keyboard.type("accuracy >= 0.9 sgd");
        const expected = json.groups[0].run_table.filter((run) => run.metrics.accuracy >= 0.9 && run.values.optimizer === "sgd");
        assert.equal(await countOf(page, kRunCount), expected.length);
        assert.ok(expected.length > 0);
    });
});

test("a click on a heading sorts the runs and says so", async () => {
    await withReport(200, {}, async (page) => {
        const column = await page.evaluate(() => [...document.querySelectorAll("section#runs th")].findIndex((cell) => cell.dataset.key === "energy_joules"));
        const button = (await page.$$("section#runs th .sort"))[column];
        for (const direction of ["ascending", "descending"]) {
            await button.focus();
            await page.keyboard.press("Enter");
            const { sort, cells } = await page.evaluate((at) => ({
                sort: document.querySelectorAll("section#runs th[scope=col]")[at].getAttribute("aria-sort"),
                cells: [...document.querySelectorAll("section#runs tbody tr")].map((row) => Number(row.cells[at].textContent)).filter((number) => !Number.isNaN(number)),
            }), column);
            assert.equal(sort, direction);
            const sorted = [...cells].sort((a, b) => (direction === "ascending" ? a - b : b - a));
            assert.deepEqual(cells, sorted);
        }
    });
});

test("a row opens and shows its command as text", async () => {
    await withReport(200, {}, async (page) => {
        await pressButton(page, "section#runs button.open");
        const text = await page.$eval("section#runs tr.details", (row) => row.textContent);
        assert.match(text, /python3 train.py --epochs/);
    });
});

test("the switch shows the numbers with flagged runs", async () => {
    await withReport(200, {}, async (page) => {
        const ratio = () => page.evaluate(() => page.figures.find((figure) => figure.kind === "forest").chart.getOption().series[0].data[0][0]);
        const tables = () => page.evaluate(() => [".set-without", ".set-with"].map((name) => getComputedStyle(document.querySelector("section#drives " + name)).display));
        const first = await ratio();
        assert.deepEqual(await tables(), ["block", "none"]);
        await page.click("#with-flagged");
        assert.notEqual(await ratio(), first);
        assert.deepEqual(await tables(), ["none", "block"]);
    });
});

for (const value of ["light", "dark"]) {
    test(`axe finds nothing serious in ${value} colours`, async () => {
        await withReport(40, { media: [{ name: "prefers-color-scheme", value }] }, async (page) => {
            const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            assert.equal(background, value === "dark" ? "rgb(16, 22, 29)" : "rgb(244, 246, 248)");
            await page.evaluate(() => document.querySelectorAll("details").forEach((details) => {
                details.open = true;
            }));
            await page.evaluate(axeSource);
            const violations = await page.evaluate(async () => (await axe.run()).violations);
            const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
            assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]), []);
        });
    });
}

test("a printed page has the figures as vectors and no buttons", async () => {
    await withReport(40, {}, async (page) => {
        await page.emulateMediaType("print");
        const shown = (selector) => page.$$eval(selector, (nodes) => nodes.filter((node) => node.getClientRects().length > 0).length);
        assert.equal(await shown("button:not(.sort)"), 0);
        assert.ok((await shown("figure .svg svg")) >= 3);
        assert.equal(await shown("figure[data-chart=forest] canvas"), 0);
        assert.ok((await page.pdf({ format: "A4" })).length > 20000);
    });
});

test("without its script the page shows tables and figures", async () => {
    const { page } = await openReport(200, { script: false });
    const text = await page.$eval("main", (node) => node.innerText);
    assert.match(text, /multiplies energy by/);
    const svgs = await page.$$eval("figure .svg svg", (nodes) => nodes.filter((node) => node.getClientRects().length > 0).length);
    assert.ok(svgs >= 3);
    assert.equal(await page.$$eval("section#runs tbody tr", (rows) => rows.length), sampleReport(200).json.groups[0].run_table.length);
    await page.close();
});

test("each figure is saved as SVG that parses, as PNG and as CSV", async () => {
    await withReport(200, {}, async (page) => {
        for (const id of await page.$$eval("figure[data-chart]", (nodes) => nodes.map((node) => node.id))) {
            const [svgButton, pngButton, csvButton] = await page.$$(`#${id} .figure-tools button`);
            const svg = await savedFile(page, svgButton);
            const root = await page.evaluate((text) => new DOMParser().parseFromString(text, "image/svg+xml").documentElement.nodeName, svg);
            assert.equal(root, "svg", id);
            assert.match(svg, /<text/, id);
            const png = await savedFile(page, pngButton);
            assert.equal(png.slice(1, 4), "PNG", id);
            const csv = await savedFile(page, csvButton);
            assert.ok(csv.trim().split("\n").length >= 2, id);
        }
    });
});

test("the numbers of the page are those of report.json", async () => {
    await withReport(200, {}, async (page, { json }) => {
        const group = json.groups[0];
        const shown = await page.$$eval("section#drives > .set-without > .scroll tbody tr", (rows) => rows.map((row) => [...row.querySelectorAll("data")].map((node) => Number(node.value))));
        const effects = group.effects.filter((effect) => effect.outcome === "energy").map((effect) => [effect.ratio, effect.p_holm, effect.estimate]);
        assert.deepEqual(shown, effects);
        const energies = await page.$$eval("section#runs tbody tr", (rows) => rows.map((row) => row.cells[7].textContent));
        const expected = group.run_table.slice(0, energies.length).map((run) => (run.energy_joules === null ? "–" : String(Number(run.energy_joules.toPrecision(4)))));
        assert.deepEqual(energies, expected);
        const drawn = await page.evaluate(() => page.figures.find((figure) => figure.kind === "pareto").built.table.slice(1).map((row) => row[1]));
        assert.deepEqual(drawn, group.pareto[0].points.map((point) => point.energy_joules));
    });
});

test("a reader who wants no motion gets none", async () => {
    await withReport(5, { media: [{ name: "prefers-reduced-motion", value: "reduce" }] }, async (page) => {
        assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
    });
});
