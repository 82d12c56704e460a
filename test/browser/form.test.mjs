// An organisation applies under an open call: the form asks what nobody vouches
// for, keeps what is typed, says what is wrong at the field, and the office sees
// the organisation's word for what it is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, accessFaults, overflow, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

const KIND = 'declared.cost.scenario_investment[0]'
const at = (page, field) => page.locator(`[id="${KIND}.${field}"]`)

test('a firm opens an application under a call, fills it in, and the office sees its word', async () => {
  const firm = await sit(browser, program.address)
  const { page } = firm
  await signIn(page, 'firm')
  await page.goto('/calls')
  await settled(page)
  await page.getByRole('link', { name: '2025 年人工智能示范应用场景征集（示例）' }).click()
  await settled(page)
  await page.getByLabel('项目名称').fill('路口智检示范')
  await picture(page, 'form-start')
  await page.getByRole('button', { name: '填报申报' }).click()
  await page.waitForURL('**/applications/**')
  await settled(page)
  const address = page.url()
  assert.match(await page.locator('main').innerText(), /已经核实，不用再填/, 'what is known is shown')
  assert.equal(await page.locator('[id="org.credit"]').count(), 0, 'and not asked')

  await at(page, 'quantity').fill('385万')
  await at(page, 'occurred').fill('2025-06-30')
  await at(page, 'quantity-note').getByText('应为大于 0 的金额').waitFor()
  await picture(page, 'form-wrong-zh')
  await at(page, 'quantity').fill('3850000.5')
  await at(page, 'quantity-note').waitFor({ state: 'detached' })
  await page.getByText(/\d\d:\d\d 已保存/).first().waitFor()

  // In another window the same draft: the second to write is told.
  const other = await page.context().newPage()
  await other.goto(address)
  await settled(other)
  assert.equal(await at(other, 'quantity').inputValue(), '3850000.50', 'the draft is in every window')
  await at(other, 'contract').fill('HT-2025-017')
  await other.getByText(/\d\d:\d\d 已保存/).first().waitFor()
  await at(page, 'contract').fill('HT-2025-018')
  await page.getByRole('button', { name: '用对方的' }).click()
  assert.equal(await at(page, 'contract').inputValue(), 'HT-2025-017')
  await other.close()

  await page.reload()
  await settled(page)
  assert.equal(await at(page, 'quantity').inputValue(), '3850000.50')
  assert.equal(await at(page, 'occurred').inputValue(), '2025-06-30')
  await page.getByRole('button', { name: '提交申报' }).click()
  await at(page, 'place-note').or(at(page, 'field-note')).first().waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.id), `${KIND}.field`, 'the first field that lacks has the focus')
  assert.deepEqual(await accessFaults(page), [])
  await at(page, 'field').fill('transport')
  await page.keyboard.press('Tab')
  if (await at(page, 'place').count()) await at(page, 'place').fill('520115')
  await page.keyboard.press('Tab')
  await page.getByText(/\d\d:\d\d 已保存/).first().waitFor()
  await picture(page, 'form-filled-zh')
  await settled(page)
  await page.getByRole('button', { name: '提交申报' }).click()
  await page.getByText('申报单位自报').first().waitFor()
  await picture(page, 'form-submitted')
  assert.deepEqual(firm.faults, [])
  await firm.close()

  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  await office.page.goto(address)
  await settled(office.page)
  const card = office.page.locator('.card', { has: office.page.getByRole('heading', { name: '申报单位自报' }) })
  assert.match(await card.innerText(), /3,850,000\.50/)
  await picture(office.page, 'form-office')
  assert.deepEqual(office.faults, [])
  await office.close()
})

for (const lang of ['zh', 'en']) {
  test(`the form fits a phone, ${lang}`, async () => {
    const firm = await sit(browser, program.address, { screen: PHONE, lang })
    const { page } = firm
    await signIn(page, 'firm')
    await page.goto('/calls')
    await settled(page)
    await page.getByRole('link', { name: lang === 'zh' ? '2025 年人工智能示范应用场景征集（示例）' : 'Demonstration scenes 2025 (example)' }).click()
    await settled(page)
    await page.getByLabel(lang === 'zh' ? '项目名称' : 'Name of the project').fill(`窗口助手 ${lang}`)
    await page.getByRole('button', { name: lang === 'zh' ? '填报申报' : 'Apply and fill in' }).click()
    await page.waitForURL('**/applications/**')
    await settled(page)
    await at(page, 'quantity').waitFor()
    assert.equal(await overflow(page), 0)
    assert.deepEqual(await accessFaults(page), [])
    await picture(page, `form-390-${lang}`)
    assert.deepEqual(firm.faults, [])
    await firm.close()
  })
}

test('the office issues the letter of a paid case once; the firm and the auditor download the same bytes', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  const paid = await office.page.evaluate(() => fetch('/api/v1/applications?state=paid').then((r) => r.json()))
  const mine = await (async () => {
    const firm = await sit(browser, program.address)
    await signIn(firm.page, 'firm')
    const own = await firm.page.evaluate(() => fetch('/api/v1/applications?state=paid').then((r) => r.json()))
    return { firm, id: own.items[0]?.id ?? paid.items[0].id, own: own.items.length > 0 }
  })()
  await office.page.goto(`/applications/${mine.id}`)
  await settled(office.page)
  await office.page.getByRole('button', { name: '出具决定书' }).click()
  const link = office.page.getByRole('link', { name: /-决1\.pdf/ })
  await link.waitFor()
  await picture(office.page, 'letter-office')
  const digest = async (page) =>
    page.evaluate(async (id) => {
      const { letters } = await fetch(`/api/v1/applications/${id}`).then((r) => r.json())
      const bytes = await fetch(`/api/v1/applications/${id}/letters/${letters[0].id}`).then((r) => r.arrayBuffer())
      const sum = await crypto.subtle.digest('SHA-256', bytes)
      return { said: letters[0].sha256, is: [...new Uint8Array(sum)].map((b) => b.toString(16).padStart(2, '0')).join('') }
    }, mine.id)
  const downloading = office.page.waitForEvent('download')
  await link.click()
  assert.match((await downloading).suggestedFilename(), /^QM-2025-\d+-决1\.pdf$/)
  const auditor = await sit(browser, program.address)
  await signIn(auditor.page, 'auditor')
  for (const person of [office, auditor, ...(mine.own ? [mine.firm] : [])]) {
    const { said, is } = await digest(person.page)
    assert.equal(is, said)
    assert.deepEqual(person.faults, [])
    await person.close()
  }
})
