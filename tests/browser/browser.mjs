// A browser for the tests of the report's page: opens made-up reports, and remembers errors and requests.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const modules = createRequire(join(process.env.REPORT_PAGE_MODULES, "package.json"));
const puppeteer = modules("puppeteer-core");
export const axeSource = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

const folder = mkdtempSync(join(tmpdir(), "mutation-browser-"));
const reports = new Map();
let browser = null;

/** The files of a made-up report of so many runs: {html, json, bytes}. */
export function sampleReport(runs) {
    if (!reports.has(runs)) {
        const place = mkdtempSync(join(folder, "report-"));
        execFileSync(process.env.MAKE_SAMPLE_PAGE, [String(runs), place]);
        const html = join(place, "report.html");
        reports.set(runs, { html, json: JSON.parse(readFileSync(join(place, "report.json"), "utf8")), bytes: statSync(html).size });
    }
    return reports.get(runs);
}

export async function startBrowser() {
    // root, which CI is, has no sandbox; /dev/shm of a container is small.
    const args = ["--disable-dev-shm-usage", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])];
    browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, headless: true, args });
}

export async function stopBrowser() {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
}

/** Opens a report. `problems` collects errors, dialogs and requests other than the file itself. */
export async function openReport(runs, { width = 1400, media = [], script = true } = {}) {
    const report = sampleReport(runs);
    const page = await browser.newPage();
    const problems = [];
    page.on("console", (message) => message.type() !== "log" && problems.push(`console ${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
    page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith("file://" + folder) && !url.startsWith("data:") && !url.startsWith("blob:")) {
            problems.push(`request: ${url}`);
        }
    });
    page.on("dialog", async (dialog) => {
        problems.push(`dialog: ${dialog.message()}`);
        await dialog.dismiss();
    });
    await page.setViewport({ width, height: 1000 });
    await page.emulateMediaFeatures(media);
    await page.setJavaScriptEnabled(script);
    await page.goto("file://" + report.html, { waitUntil: "load" });
    return { page, problems, report };
}

/** Presses the button by keyboard and returns the file that the page makes, as a Latin-1 string. */
export async function savedFile(page, element) {
    await page.evaluate(() => {
        window.madeFile = null;
        window.makeAddress ??= URL.createObjectURL;
        URL.createObjectURL = (blob) => {
            window.madeFile = blob;
            return window.makeAddress.call(URL, blob);
        };
    });
    await element.press("Enter");
    await page.waitForFunction(() => window.madeFile !== null);
    return page.evaluate(async () => Array.from(new Uint8Array(await window.madeFile.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
}

/** Drags the mouse over an element, between two places that are given as parts of its width and height. */
export async function drag(page, selector, from, to) {
    const element = await page.$(selector);
    await element.scrollIntoView();
    const box = await element.boundingBox();
    const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]), { steps: 4 });
    await page.mouse.move(...at(to), { steps: 4 });
    await page.mouse.up();
}
