// Work that does not run smoothly: a return, two officers at once, a file with
// bad rows, an account that two people must sign.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

test('a case comes back with its reason, is supplemented and handed in again', async () => {
  const member = await sit(browser, program.address)
  const firm = await sit(browser, program.address)
  const office = await sit(browser, program.address)
  await signIn(member.page, 'member')
  await member.page.goto('/match')
  await member.page.locator('#eligible .match', { hasText: '研发训练补助' }).first().getByRole('button', { name: '开始申报' }).click()
  await member.page.waitForURL(/\/applications\/app/)
  const path = new URL(member.page.url()).pathname
  await member.page.getByLabel('申报说明').fill('交易合同见附件。')
  await member.page.getByText(/已保存/).waitFor()
  assert.equal(await member.page.getByRole('button', { name: '提交申报' }).count(), 0, 'a member prepares, the manager hands in')

  await signIn(firm.page, 'firm')
  await firm.page.goto(path)
  assert.equal(await firm.page.getByLabel('申报说明').inputValue(), '交易合同见附件。')
  await firm.page.getByRole('button', { name: '提交申报' }).click()
  await firm.page.locator('.chip', { hasText: '等经办决定' }).waitFor()

  await signIn(office.page, 'office')
  await office.page.goto(path)
  await office.page.getByRole('textbox', { name: '决定意见' }).fill('请补充交易机构的对账单。')
  await office.page.getByRole('button', { name: '退回补正' }).click()
  await office.page.locator('.page-sentence .chip', { hasText: '待补正' }).waitFor()

  await firm.page.goto('/today')
  await firm.page.getByRole('link', { name: '研发训练补助' }).first().click()
  await firm.page.getByText('请补充交易机构的对账单。').first().waitFor()
  await picture(firm.page, 'returned')
  await firm.page.getByLabel('申报说明').fill('对账单已补。')
  await firm.page.getByRole('button', { name: '补正后提交' }).click()
  await firm.page.locator('.chip', { hasText: '等经办决定' }).waitFor()
  for (const person of [member, firm, office]) {
    assert.deepEqual(person.faults, [])
    await person.close()
  }
})

test('two windows decide on one case: the second learns who was first and keeps its text', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  await office.page.goto('/applications?state=submitted')
  await office.page.locator('.row-name').first().click()
  await office.page.getByRole('button', { name: '不予支持' }).waitFor()
  const second = await office.page.context().newPage()
  await second.goto(office.page.url())
  await second.getByRole('button', { name: '不予支持' }).waitFor()

  await office.page.getByRole('textbox', { name: '决定意见' }).fill('材料不实。')
  await office.page.getByRole('button', { name: '不予支持' }).click()
  await office.page.locator('.page-sentence .chip', { hasText: '不予支持' }).waitFor()

  await second.getByRole('textbox', { name: '决定意见' }).fill('我的意见写了很久。')
  await second.getByRole('button', { name: '退回补正' }).click()
  await second.getByText('现在办不了').waitFor()
  await picture(second, 'conflict')
  assert.equal(await second.getByRole('textbox', { name: '决定意见' }).inputValue(), '我的意见写了很久。')
  await office.close()
})

test('an import shows every bad row by line and column, and writes only after acceptance', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  const org = (await office.page.evaluate(() => fetch('/api/v1/organisations?limit=1').then((r) => r.json()))).items[0].code
  const rows = [
    'kind,subject,occurred,attested_by,quantity,unit,attributes.good',
    `org.credit,${org},2025-09-01,department,1,count,true`,
    `org.credit,${org},2025-13-01,department,1,count,true`,
    `org.credit,91520100MA6DNB1T39,2025-09-01,department,1,count,true`,
  ]
  await office.page.goto('/import')
  await office.page.locator('input[type=file]').setInputFiles({ name: 'credit.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) })
  await office.page.getByRole('button', { name: '上传预览' }).click()
  await office.page.waitForURL(/\/import\/./)
  await settled(office.page)
  const bad = await office.page.locator('table tbody tr').allInnerTexts()
  assert.ok(bad.some((row) => /^3\s+occurred/.test(row)), `line 3 names its column: ${bad}`)
  assert.ok(bad.some((row) => /^4\s+subject/.test(row)), `line 4 names its column: ${bad}`)
  await picture(office.page, 'import')
  await office.page.getByRole('button', { name: '写入 1 行' }).click()
  await office.page.getByText(/已写入 1 行/).waitFor()
  assert.deepEqual(office.faults, [])
  await office.close()
})

test('a payee account counts only after another person has signed it', async () => {
  const firm = await sit(browser, program.address)
  const finance = await sit(browser, program.address)
  await signIn(firm.page, 'firm')
  const org = (await firm.page.evaluate(() => fetch('/api/v1/session').then((r) => r.json()))).active.org
  await firm.page.goto('/people?tab=payees')
  await firm.page.getByLabel('户名').fill(org.name)
  await firm.page.getByLabel('开户行').fill('演示银行观山湖支行')
  await firm.page.getByLabel('联行号（12 位）').fill('123456789012')
  await firm.page.getByLabel('账号').fill('6222000000000000018')
  await firm.page.getByRole('button', { name: '登记，送复核' }).click()
  const proposed = firm.page.locator('tr', { hasText: '演示银行观山湖支行' })
  await proposed.getByText('您登记的，须由另一人复核').waitFor()
  assert.equal(await proposed.getByRole('button').count(), 0, 'the proposer has no button')

  await signIn(finance.page, 'finance')
  await finance.page.goto(`/people?tab=organisations&org=${org.code}`)
  await finance.page.locator('tr', { hasText: '演示银行观山湖支行' }).getByRole('button', { name: '复核，可收款' }).click()
  await finance.page.locator('tr', { hasText: '演示银行观山湖支行' }).getByText('可收款', { exact: true }).waitFor()
  await picture(finance.page, 'payee')
  for (const person of [firm, finance]) {
    assert.deepEqual(person.faults, [])
    await person.close()
  }
})

test('a number changed in what-if shows winners and losers, and writes nothing', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  const size = () => office.page.evaluate(() => fetch('/api/v1/ledger/transfers?limit=1').then((r) => r.json()).then((p) => p.items[0].seq))
  const before = await size()
  await office.page.goto('/whatif/002-6')
  await settled(office.page)
  await office.page.getByRole('textbox', { name: '补贴比例' }).fill('1.5%')
  await office.page.getByText(/家多得/).waitFor()
  await office.page.getByText('改动写在条文里。').waitFor()
  await office.page.getByRole('radio', { name: /按名次/ }).check()
  await settled(office.page)
  await picture(office.page, 'whatif-changed')
  assert.equal(await size(), before)
  assert.deepEqual(office.faults, [])
  await office.close()
})
