// Networks that fail, windows that meet, sessions that end: nothing typed is
// lost, nothing is done twice, and the person is told.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { picture, REPORT, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

const read = (page, path) => page.evaluate((p) => fetch(`/api/v1${p}`).then((r) => r.json()), path)

/** Opens the firm's draft for one measure, making it if there is none. */
async function openForm(page, measure) {
  await signIn(page, 'firm')
  await page.goto('/match')
  const row = page.locator('#eligible .match', { hasText: measure })
  await row.getByRole('button').last().click()
  await page.waitForURL(/\/applications\/app/)
  await page.getByLabel('申报说明').waitFor()
  return page.url().replace(/.*\/applications\//, '')
}

test('the network goes while the form is being saved and a file sent: all arrives once it is back, and once', async () => {
  const firm = await sit(browser, program.address)
  const id = await openForm(firm.page, '研发训练补助')
  await firm.page.context().setOffline(true)
  await firm.page.getByText('网络断开。').waitFor()
  await firm.page.getByLabel('申报说明').fill('断网时写的话。')
  await firm.page.getByRole('alert').getByText('连不上服务器').waitFor()
  await picture(firm.page, 'offline-form')
  assert.equal(await firm.page.getByLabel('申报说明').inputValue(), '断网时写的话。')
  await firm.page.context().setOffline(false)
  await firm.page.getByText(/已保存/).waitFor()
  assert.equal((await read(firm.page, `/applications/${id}`)).statement, '断网时写的话。')
  await firm.page.getByText('网络断开。').waitFor({ state: 'hidden' })

  // The file reaches the server and its answer is lost on the way back.
  await firm.page.route('**/attachments', async (route) => {
    await route.fetch()
    await route.abort('connectionreset')
  })
  await firm.page.locator('input[type=file]').setInputFiles(REPORT)
  const again = firm.page.getByRole('button', { name: `重试 ${REPORT.name}` })
  await again.waitFor()
  await firm.page.unroute('**/attachments')
  await again.click()
  await again.waitFor({ state: 'hidden' })
  assert.equal((await read(firm.page, `/applications/${id}`)).attachments.length, 1, 'sent twice, attached once')
  assert.deepEqual(firm.faults, [])
  await firm.close()
})

test('two windows on one form: both texts are shown and the person chooses', async () => {
  const firm = await sit(browser, program.address)
  const id = await openForm(firm.page, '研发训练补助')
  const other = await firm.page.context().newPage()
  await other.goto(firm.page.url())
  await other.getByLabel('申报说明').fill('另一个窗口写的。')
  await other.getByText(/已保存/).waitFor()
  await firm.page.getByLabel('申报说明').fill('这个窗口写的。')
  await firm.page.getByRole('alert').getByText('另一个窗口写的。').waitFor()
  await picture(firm.page, 'two-texts')
  assert.equal((await read(other, `/applications/${id}`)).statement, '另一个窗口写的。', 'nothing is overwritten unasked')
  await firm.page.getByRole('button', { name: '用我写的' }).click()
  await firm.page.getByText(/已保存/).waitFor()
  assert.equal((await read(other, `/applications/${id}`)).statement, '这个窗口写的。')
  await firm.close()
})

test('a session that ended and the back button take no typed word', async () => {
  const firm = await sit(browser, program.address)
  const id = await openForm(firm.page, '研发训练补助')
  await firm.page.getByLabel('申报说明').fill('退回前一页之前写的。')
  const saved = firm.page.waitForResponse((r) => r.request().method() === 'PATCH' && r.ok())
  await firm.page.goBack()
  await saved
  await firm.page.goForward()
  await firm.page.getByLabel('申报说明').waitFor()
  assert.equal(await firm.page.getByLabel('申报说明').inputValue(), '退回前一页之前写的。')

  await firm.page.context().clearCookies()
  await firm.page.getByLabel('申报说明').fill('登录过期之后写的。')
  await firm.page.getByRole('alert').getByText('需要登录').waitFor()
  await firm.page.getByRole('alert').getByRole('link', { name: '登录' }).click()
  await firm.page.locator('.gate-accounts button', { hasText: 'firm' }).click()
  await firm.page.waitForURL(new RegExp(id))
  await firm.page.getByText(/已保存/).waitFor()
  assert.equal(await firm.page.getByLabel('申报说明').inputValue(), '登录过期之后写的。')
  assert.equal((await read(firm.page, `/applications/${id}`)).statement, '登录过期之后写的。')
  await firm.close()
})

test('an approval whose answer is lost is told, and pressing again approves once', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  // The only district with room for its half.
  const waiting = (await read(office.page, '/applications?state=submitted&measure=002-6')).items.find((a) => a.org.name.startsWith('观山湖'))
  await office.page.goto(`/applications/${waiting.id}`)
  await office.page.getByRole('textbox', { name: '决定意见' }).fill('同意。')
  await office.page.context().setOffline(true)
  await office.page.getByRole('button', { name: '同意，送复核' }).click()
  await office.page.getByRole('alert').getByText('同一件事不会办两次').waitFor()
  assert.equal(await office.page.getByRole('textbox', { name: '决定意见' }).inputValue(), '同意。')
  await office.page.context().setOffline(false)
  let lost = 0
  await office.page.route('**/approve', async (route) => {
    if (lost++ > 0) return route.continue()
    await route.fetch()
    await route.abort('connectionreset')
  })
  // The page may not read the case anew in between: it must be the key that keeps the second from counting.
  await office.page.route(`**/applications/${waiting.id}`, (route) => (lost === 1 ? route.abort() : route.continue()))
  const approve = office.page.getByRole('button', { name: '同意，送复核' })
  await approve.click()
  await office.page.waitForFunction(() => document.querySelector('.page-actions .ant-btn-primary')?.disabled === false)
  await approve.click()
  await office.page.locator('.page-sentence .chip', { hasText: '等复核' }).waitFor()
  const timeline = (await read(office.page, `/applications/${waiting.id}`)).timeline
  assert.equal(timeline.filter((t) => t.action === 'approve').length, 1)
  assert.equal(timeline.filter((t) => t.action === 'held').length, 1)
  await office.close()
})

test('slow answers: grey bars until they come, and a double click counts once', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  await settled(office.page)
  let release
  const held = new Promise((done) => (release = done))
  await office.page.route('**/api/v1/applications?*', async (route) => {
    await held
    await route.continue()
  })
  await office.page.getByRole('link', { name: '申报' }).first().click()
  await office.page.locator('.loading .shown').first().waitFor()
  release()
  await office.page.locator('tbody tr').first().waitFor()

  const waiting = (await read(office.page, '/applications?state=submitted&measure=002-6')).items[0]
  await office.page.goto(`/applications/${waiting.id}`)
  await office.page.getByRole('textbox', { name: '决定意见' }).fill('请补充对账单。')
  const slow = await office.page.context().newCDPSession(office.page)
  await slow.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 })
  await office.page.getByRole('button', { name: '退回补正' }).dblclick()
  await office.page.locator('.page-sentence .chip', { hasText: '待补正' }).waitFor()
  assert.equal((await read(office.page, `/applications/${waiting.id}`)).timeline.filter((t) => t.action === 'return').length, 1)
  assert.deepEqual(office.faults, [])
  await office.close()
})
