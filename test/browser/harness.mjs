// Starts the built program and a real browser. What is missing fails the suite.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const HERE = dirname(fileURLToPath(import.meta.url))
const PROGRAM = resolve(HERE, process.env.QIANMO_BIN ?? '../../bin/qianmo')
const PICTURES = join(HERE, 'screenshots')
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const PASSWORD = 'demo-2025-qianmo'

export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

/** Starts the program on a free port with a fresh folder; resolves once it says where it listens. */
export async function startProgram({ sandbox = true } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'qianmo-browser-'))
  const args = ['serve', '--data', data, '--listen', '127.0.0.1:0', ...(sandbox ? ['--sandbox'] : [])]
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const address = await new Promise((found, failed) => {
    const read = (chunk) => {
      output += chunk
      const match = /http:\/\/[\w.]+:\d+/.exec(output)
      if (match) found(match[0])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('error', failed)
    child.once('exit', (code) => failed(new Error(`the program ended with ${code} before it listened:\n${output}`)))
  })
  return {
    address,
    output: () => output,
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      await rm(data, { recursive: true, force: true })
    },
  }
}

export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** A person at a screen: a context of its own, so that several can be signed in at once. */
export async function sit(browser, address, { lang = 'zh', screen = DESKTOP } = {}) {
  const context = await browser.newContext({ viewport: screen, baseURL: address, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', deviceScaleFactor: screen.width < 600 ? 2 : 1, acceptDownloads: true })
  await context.addInitScript((l) => localStorage.setItem('qianmo.lang', l), lang)
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults = []
  context.underway = 0
  page.on('request', () => context.underway++)
  page.on('requestfinished', () => context.underway--)
  page.on('requestfailed', () => context.underway--)
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
  return { page, faults, close: () => context.close() }
}

/** Signs in through the page with one of the sandbox's accounts. */
export async function signIn(page, login) {
  await page.goto('/sign-in')
  await page.locator('.gate-accounts button', { has: page.locator('.mono', { hasText: new RegExp(`^${login}$`) }) }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** Signs in by name and password, typed. */
export async function typeIn(page, { login, password = PASSWORD }, words) {
  await page.goto('/sign-in')
  await page.getByLabel(words.login).fill(login)
  await page.getByLabel(words.password, { exact: true }).fill(password)
  await page.getByRole('button', { name: words.go, exact: true }).click()
}

/** Waits until the page has its heading, nothing is on the way, and no panel shows its grey bars. */
export async function settled(page) {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => document.querySelectorAll('.loading').length === 0)
  for (let quiet = 0; quiet < 2; ) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    quiet = page.context().underway === 0 ? quiet + 1 : 0
  }
  await page.waitForFunction(() => document.querySelectorAll('.loading').length === 0)
}

/** Opens a box and takes one of its options; another box's list may still be closing. */
export async function choose(page, box, option) {
  await box.click()
  const list = await box.getAttribute('aria-controls')
  await page.locator('.ant-select-dropdown', { has: page.locator(`[id="${list}"]`) }).getByTitle(option).first().click()
}

/** Pictures for people to look at; the folder is not kept in git. */
export async function picture(page, name) {
  await mkdir(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
}

/** What axe finds that a person with a disability would stumble over. */
export async function accessFaults(page) {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.help} — ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`)
}

/** No sideways scrolling: nothing sticks out of the screen. */
export async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

export async function oneHeading(page) {
  assert.equal(await page.locator('h1').count(), 1, `${page.url()} has one h1`)
}

/** A small PDF to attach. */
export const REPORT = { name: '审计报告 2025.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n') }
