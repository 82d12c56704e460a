// An objection from the street to its answer: a stranger reads a notice that
// runs, objects without signing in, the office answers from its list, and
// everybody reads the answer without learning who objected.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DESKTOP, PHONE, accessFaults, oneHeading, overflow, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

const read = (path) => fetch(`${program.address}/api/v1${path}`).then((r) => r.json())

/** A stranger without an account; scripts only where axe has to look. */
async function stranger(screen, { scripts = false } = {}) {
  const context = await browser.newContext({ viewport: screen, baseURL: program.address, javaScriptEnabled: scripts, bypassCSP: scripts, deviceScaleFactor: screen.width < 600 ? 2 : 1 })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  return { page, close: () => context.close() }
}

const PEOPLE = [
  {
    prefix: '/open/', lang: 'zh', screen: PHONE, size: '390', name: '胡见山', contact: '139 8500 7788', body: '第一行的平台没有对外开放，请实地核实。', answer: '胡见山您好：已实地核实，平台对外开放，来电 139 8500 7788 已记录。',
    words: { object: '提异议', row: '第几行', name: '您的姓名或单位', contact: '联系方式', body: '理由', send: '提交异议', received: '已收到您的异议', dismissed: '异议不成立' }, shown: '●●●您好：已实地核实，平台对外开放，来电 ●●● 已记录。',
  },
  {
    prefix: '/open/en/', lang: 'en', screen: DESKTOP, size: '1440', name: 'Rowan Birch', contact: 'rowan.birch@demo.example', body: 'The second platform has no users outside its own group.', answer: 'Rowan Birch was written to at rowan.birch@demo.example: the log names 41 outside users.',
    words: { object: 'Object', row: 'Row', name: 'Your name or organisation', contact: 'How to reach you', body: 'Why', send: 'Send the objection', received: 'Your objection was received', dismissed: 'Dismissed' }, shown: '●●● was written to at ●●●: the log names 41 outside users.',
  },
]

test('a stranger finds the notice that runs, with what is personal struck out', async () => {
  const running = (await read('/notices')).items.find((n) => !n.over)
  assert.ok(running, 'a notice runs on the sandbox’s day')
  for (const { prefix, lang } of PEOPLE) {
    for (const [size, screen] of [['1440', DESKTOP], ['390', PHONE]]) {
      const { page, close } = await stranger(screen, { scripts: true })
      await page.goto(`${prefix}notices?q=${encodeURIComponent(lang === 'zh' ? '公共服务平台' : 'service PLATFORMS')}`)
      assert.equal(await page.locator('.rows a').count(), 1, 'the search finds one notice')
      await picture(page, `objection-search-${size}-${lang}`)
      await page.locator('.rows a').click()
      assert.equal(new URL(page.url()).pathname, `${prefix}notices/${running.id}`)
      await oneHeading(page)
      const text = await page.locator('main').textContent()
      assert.match(text, /●●●/)
      assert.doesNotMatch(text, /139 0000|@demo\.example|演示市民/)
      assert.deepEqual(await accessFaults(page), [])
      assert.ok((await overflow(page)) <= 0, `the notice sticks out of the screen: ${size}, ${lang}`)
      await picture(page, `objection-notice-${size}-${lang}`)
      await close()
    }
  }
})

for (const who of PEOPLE) {
  test(`an objection goes in, is answered, and the answer is read: ${who.lang}`, async () => {
    const running = (await read('/notices')).items.find((n) => !n.over)
    const at = `${who.prefix}notices/${running.id}`
    const { page, close } = await stranger(who.screen)
    await page.goto(at)
    const row = PEOPLE.indexOf(who)
    await page.getByRole('link', { name: who.words.object, exact: true }).nth(row).click()
    assert.equal(await page.getByLabel(who.words.row, { exact: true }).inputValue(), String(row + 1), 'the row is filled in')
    await page.getByLabel(who.words.name).fill(who.name)
    await page.getByLabel(who.words.contact).fill(who.contact)
    await page.getByLabel(who.words.body, { exact: true }).fill(who.body)
    await page.getByRole('button', { name: who.words.send }).click()
    const told = page.getByRole('status')
    assert.match(await told.textContent(), new RegExp(who.words.received))
    const number = await told.locator('b').textContent()
    assert.match(number, /^YY-2025-\d{4}$/)
    assert.ok((await overflow(page)) <= 0)
    await picture(page, `objection-received-${who.size}-${who.lang}`)
    await close()

    const office = await sit(browser, program.address, { lang: who.lang, screen: who.screen })
    await signIn(office.page, 'office')
    await office.page.goto('/objections')
    await settled(office.page)
    const one = office.page.locator('.hits > li', { hasText: number })
    await one.getByText(who.body).waitFor()
    await one.getByText(who.contact).waitFor()
    await picture(office.page, `objection-waits-${who.size}-${who.lang}`)
    assert.deepEqual(await accessFaults(office.page), [])
    await one.getByRole('textbox').fill(who.answer)
    await one.getByRole('button', { name: /^异议不成立$|^Does not hold|^Dismiss/ }).click()
    await one.waitFor({ state: 'detached' })
    await settled(office.page)
    assert.ok((await overflow(office.page)) <= 0)
    await picture(office.page, `objection-answered-${who.size}-${who.lang}`)
    assert.deepEqual(office.faults, [])
    await office.close()

    const everybody = await stranger(who.screen, { scripts: true })
    await everybody.page.goto(`${at}?row=3`) // nobody asked for this one: a page that was read is kept for some seconds
    const answered = everybody.page.locator('.rows li', { hasText: number })
    const said = await answered.textContent()
    assert.ok(said.includes(who.words.dismissed) && said.includes(who.shown), said)
    const whole = await everybody.page.content()
    for (const secret of [who.name, who.contact, who.body]) assert.ok(!whole.includes(secret), `the page shows ${secret}`)
    assert.deepEqual(await accessFaults(everybody.page), [])
    assert.ok((await overflow(everybody.page)) <= 0)
    await picture(everybody.page, `objection-public-${who.size}-${who.lang}`)
    await everybody.close()
  })
}

test('downloads of open data are not sent again to whoever has them', async () => {
  for (const path of ['/open/data/awards.json', '/open/en/data/awards.csv']) {
    const first = await fetch(program.address + path, { headers: { 'accept-encoding': 'identity' } })
    const tag = first.headers.get('etag')
    assert.match(tag, /^"[0-9a-f]{32}"$/)
    assert.ok((await first.arrayBuffer()).byteLength > 2_000)
    const again = await fetch(program.address + path, { headers: { 'if-none-match': tag } })
    assert.equal(again.status, 304)
    assert.equal((await again.arrayBuffer()).byteLength, 0)
  }
})
