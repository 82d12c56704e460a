// The public's door: every page in both languages on a screen and a phone, with
// and without scripts; the home page on a slow line; a calculation; an award
// that the visitor's own browser checks, and one that was tampered with.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DESKTOP, PHONE, accessFaults, oneHeading, overflow, picture, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

/** A stranger: no script is run before the page's own. */
async function stranger({ screen = DESKTOP, scripts = true } = {}) {
  const context = await browser.newContext({ viewport: screen, baseURL: program.address, javaScriptEnabled: scripts, deviceScaleFactor: screen.width < 600 ? 2 : 1 })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults = []
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('console', (m) => m.type() === 'error' && !/the server responded with a status of 4/.test(m.text()) && faults.push(m.text()))
  page.on('response', (r) => r.status() >= 500 && faults.push(`${r.status()} ${r.url()}`))
  page.on('request', (r) => !r.url().startsWith(program.address) && !r.url().startsWith('data:') && faults.push(`asks another site: ${r.url()}`))
  return { page, faults, context }
}

const read = (path) => fetch(`${program.address}/api/v1${path}`).then((r) => r.json())

async function everyPage() {
  const call = (await read('/calls')).items[0].id
  const notice = (await read('/notices')).items[0].id
  const award = (await read('/awards?measure=002-2')).items[0].number
  return { '': 'home', policies: 'policies', 'policies?q=算力': 'search', 'policies?q=研发训练补助最高是多少？': 'answer', 'policies?q=食堂补贴多少': 'refused', 'policies/002-2': 'measure', 'policies/003-21': 'draft', 'documents/002': 'document', questions: 'questions', calls: 'calls', [`calls/${call}`]: 'call',
    'calculator?measure=002-2&measure=002-6': 'calculator', notices: 'notices', [`notices/${notice}`]: 'notice', results: 'results', 'results?q=没有这样的单位': 'empty', [`results/${award}`]: 'result', targets: 'targets', data: 'data', [`check?number=${award}`]: 'check', 'no-such-page': 'lost' }
}

for (const [name, screen] of [['1440', DESKTOP], ['390', PHONE]]) {
  for (const [lang, prefix] of [['zh', '/open/'], ['en', '/open/en/']]) {
    test(`every page reads well: ${name}, ${lang}`, async () => {
      const { page, faults, context } = await stranger({ screen })
      for (const [path, label] of Object.entries(await everyPage())) {
        await page.goto(prefix + path)
        if (label === 'check') await page.locator('#verdict .told').waitFor()
        await oneHeading(page)
        assert.equal(await page.locator('html').getAttribute('lang'), lang === 'zh' ? 'zh-CN' : 'en')
        assert.ok((await overflow(page)) <= 0, `${label} sticks out of the screen`)
        await picture(page, `portal-${label}-${name}-${lang}`)
      }
      assert.deepEqual(faults, [])
      await context.close()
    })
  }
}

// axe needs a script of its own, which the pages' policy refuses: the browser is told to overlook the policy, for this test only.
test('axe finds nothing serious on any page', async () => {
  const context = await browser.newContext({ viewport: DESKTOP, baseURL: program.address, bypassCSP: true })
  const page = await context.newPage()
  for (const prefix of ['/open/', '/open/en/']) {
    for (const [path, label] of Object.entries(await everyPage())) {
      await page.goto(prefix + path)
      assert.deepEqual(await accessFaults(page), [], `${prefix} ${label}`)
    }
  }
  await context.close()
})

test('the home page comes whole in one answer on a slow line', async () => {
  const { page, faults, context } = await stranger({ screen: PHONE })
  const line = await context.newCDPSession(page)
  await line.send('Network.enable')
  await line.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: (400 * 1024) / 8, uploadThroughput: (400 * 1024) / 8 })
  let bytes = 0
  let requests = 0
  line.on('Network.requestWillBeSent', ({ request }) => request.url.startsWith('data:') || requests++)
  line.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  await page.goto('/open/', { waitUntil: 'load' })
  const paint = await page.evaluate(() => new Promise((done) => {
    const seen = performance.getEntriesByName('first-contentful-paint')[0]
    if (seen) return done(seen.startTime)
    new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach((e) => done(e.startTime))).observe({ type: 'paint', buffered: true })
  }))
  const load = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd)
  console.log(`portal home at 400 kbit/s, 400 ms: ${bytes} bytes, ${requests} request(s), first contentful paint ${Math.round(paint)} ms, loaded ${Math.round(load)} ms`)
  assert.equal(requests, 1, 'everything is in the page')
  assert.ok(bytes < 10_000, `${bytes} bytes: with its headers the page fits the first flight of packets`)
  assert.deepEqual(faults, [])
  await context.close()
})

test('a company finds out what it could get, without any script', async () => {
  const { page, faults, context } = await stranger({ screen: PHONE, scripts: false })
  await page.goto('/open/')
  await page.getByLabel('为了什么').selectOption('002-2')
  await page.getByRole('button', { name: '算一算' }).click()
  await page.getByLabel('审计确认的模型建设成本（元）').fill('8,600,000')
  const have = (name, answer) => page.getByRole('group', { name }).getByLabel(answer, { exact: true }).check()
  await have('深度合成服务算法备案', '还没有')
  for (const name of ['工商注册信息', '财务管理制度的认定', '信用状况的认定']) await have(name, '有')
  await page.getByRole('button', { name: '算一算' }).click()
  const result = page.locator('#result')
  assert.match(await result.textContent(), /还缺[\s\S]*补齐之后，约[\s\S]*2,580,000\.00/)
  assert.ok(!page.url().includes('8600000') && !page.url().includes('8,600'), 'nothing typed is in the address')
  await picture(page, 'portal-calculated-390')
  await have('深度合成服务算法备案', '有')
  await page.getByLabel('审计确认的模型建设成本（元）').fill('很多')
  await page.getByRole('button', { name: '算一算' }).click()
  assert.equal(await page.getByLabel('审计确认的模型建设成本（元）').inputValue(), '很多', 'what was typed stays')
  assert.match(await page.locator('.wrong').first().textContent(), /不是金额/)
  await page.getByLabel('审计确认的模型建设成本（元）').fill('90000000')
  await page.getByRole('button', { name: '算一算' }).click()
  assert.match(await result.textContent(), /符合[\s\S]*5,000,000\.00/)
  assert.deepEqual(faults, [])
  await context.close()
})

test('a question is answered with its clause and an example, or refused', async () => {
  const { page, faults, context } = await stranger({ screen: PHONE, scripts: false })
  await page.goto('/open/')
  await page.getByRole('link', { name: '问政策' }).click()
  const box = page.getByLabel('查政策，也可以直接提问')
  await box.fill('公司买数据有没有补贴？')
  await page.getByRole('button', { name: '查找' }).click()
  const first = page.locator('.card.rows li').first()
  assert.match(await first.textContent(), /数据流通补贴[\s\S]*贵阳措施 六[\s\S]*算例：[\s\S]*¥/)
  await first.getByRole('link').click()
  await page.waitForURL('**/open/policies/002-6')
  await page.goBack()
  assert.equal(await box.inputValue(), '公司买数据有没有补贴？')
  await box.fill('食堂补贴多少')
  await page.getByRole('button', { name: '查找' }).click()
  await page.getByText('“食堂”，不作回答').waitFor()
  assert.equal(await page.locator('.card.rows').count(), 0)
  assert.deepEqual(faults, [])
  await context.close()
})

test('results are found, paged, downloaded, and one is checked here', async () => {
  const { page, faults, context } = await stranger()
  await page.goto('/open/results')
  const first = await page.locator('tbody th a').first().textContent()
  await page.getByLabel('单位名称、信用代码或编号').fill(first)
  await page.getByRole('button', { name: '查找' }).click()
  assert.equal(await page.locator('tbody th a').first().textContent(), first)
  await page.locator('tbody th a').first().click()
  await page.getByRole('link', { name: '核对这一笔' }).click()
  await page.locator('#verdict .told').waitFor()
  assert.equal(await page.locator('#verdict .wrong').count(), 0)
  const number = await page.locator('#proof').getAttribute('data-number')
  const proof = await read(`/awards/${number}/proof`)
  const tampered = structuredClone(proof)
  tampered.records[0].canonical = tampered.records[0].canonical.replace(/"quantity":"\d+/, '"quantity":"9999999')
  for (const [text, cls] of [[JSON.stringify(proof), 'told'], [JSON.stringify(tampered), 'alert'], ['not JSON', 'alert'], ['{}', 'soft']]) {
    await page.locator('#pasted').fill(text)
    await page.getByRole('button', { name: '在本机核对' }).click()
    await page.locator(`#ownverdict .${cls}`).waitFor()
  }
  await page.goto('/open/data')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'awards.csv' }).click()
  assert.equal((await download).suggestedFilename(), 'awards.csv')
  assert.deepEqual(faults, [])
  await context.close()
})

test('the console and the portal lead to each other', async () => {
  const { page, context } = await stranger()
  await page.goto('/sign-in')
  await page.getByRole('link', { name: /公开门户|Open portal/ }).click()
  await page.waitForURL('**/open/**')
  await page.getByRole('link', { name: /登录办事|Sign in/ }).click()
  await page.waitForURL('**/sign-in')
  await context.close()
})
