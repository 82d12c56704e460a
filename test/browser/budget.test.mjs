// Money comes into the books as people see it: finance writes an order out of a
// table, cannot confirm it, the cashier does, and the entry leads back to it.
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

const table = (text) => ({ name: '指标.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })

test('an order from a table to the books, by two persons, and back from an entry to its document', async () => {
  const [finance, cashier] = await Promise.all([sit(browser, program.address), sit(browser, program.address, { screen: PHONE })])
  await signIn(finance.page, 'finance')
  await signIn(cashier.page, 'cashier')
  const f = finance.page
  await f.goto('/budgets')
  await settled(f)
  await picture(f, 'budgets-1440')
  await f.getByRole('button', { name: '提出指标单' }).click()
  await f.waitForURL('/budgets/new')
  await f.getByRole('textbox', { name: '依据' }).fill('筑财预〔2025〕99号 关于追加指标的通知')
  await f.setInputFiles('input[type=file]', table('资金来源,事项,金额\n贵阳市财政局,002-2,100\n某处,002-2,x\n'))
  await f.getByRole('alert').getByText('第 3 行 资金来源').waitFor()
  await f.setInputFiles('input[type=file]', table('资金来源,事项,金额（元）\n贵阳市财政局,002-2,"1,234,567.89"\ndistrict-520115,002-2,-10.5\n'))
  await f.getByText('下达 ¥1,234,567.89，收回 ¥10.50').waitFor()
  const cap = f.getByRole('textbox', { name: '单家上限（元） 1' })
  await cap.fill('0')
  await f.getByRole('alert').getByText('单家上限须大于 0').waitFor()
  assert.equal(await f.getByRole('button', { name: '提出，交另一人复核' }).isDisabled(), true)
  await picture(f, 'budget-cap-1440')
  await cap.fill('2,000,000,000,000')
  await f.getByRole('button', { name: '提出，交另一人复核' }).click()
  await f.locator('.budget-fault', { hasText: '不超过 1,000,000,000,000.00 元' }).waitFor() // what the server found stands at its line
  await f.setInputFiles('input[type=file]', table('资金来源,事项,金额（元）,单家上限\n贵阳市财政局,002-2,"1,234,567.89","2,000,000"\ndistrict-520115,002-2,-10.5,\n'))
  await f.waitForFunction(() => document.querySelector('input[aria-label="单家上限（元） 1"]').value === '2000000.00')
  await picture(f, 'budget-write-1440')
  assert.deepEqual(await accessFaults(f), [])
  await f.setViewportSize(PHONE)
  await picture(f, 'budget-write-390')
  assert.ok((await overflow(f)) <= 0)
  await f.setViewportSize(DESKTOP)
  await f.getByRole('button', { name: '提出，交另一人复核' }).click()
  await f.waitForURL(/\/budgets\/bdo/)
  await settled(f)
  await f.getByText('这是您提出的指标单').waitFor()
  assert.equal(await f.getByRole('button', { name: '复核同意' }).count(), 0, 'its writer may not confirm it')

  const c = cashier.page
  const path = new URL(f.url()).pathname
  await c.goto(path)
  await settled(c)
  await picture(c, 'budget-second-390')
  assert.equal(await overflow(c), 0)
  await c.getByRole('button', { name: '复核同意，记账' }).click()
  await c.getByText('已下达').first().waitFor()
  await c.getByText('单家上限 ¥2,000,000.00').waitFor()
  await picture(c, 'budget-confirmed-390')
  await f.goto(path)
  await settled(f)
  await f.getByRole('link', { name: 'YS-2025-0002' }).waitFor() // what it took back came from the year's order of the districts
  await picture(f, 'budget-confirmed-1440')
  await f.getByRole('link', { name: '分录 2' }).first().click()
  await f.waitForURL(/\/ledger\/transfers\//)
  await settled(f)
  await f.locator(`a[href="${path}"]`).click()
  await f.waitForURL(path)
})

test('what a year left over fills in an order; the ledger leads to the orders behind a programme; an auditor reads', async () => {
  const finance = await sit(browser, program.address, { lang: 'en' })
  await signIn(finance.page, 'finance')
  const f = finance.page
  await f.goto('/budgets')
  await settled(f)
  await picture(f, 'budgets-en-1440')
  await f.getByRole('link', { name: 'Fill in: carry to next year' }).click()
  await f.waitForURL('/budgets/new?carry=2025')
  await settled(f)
  assert.equal(await f.getByRole('textbox', { name: 'Budget year' }).inputValue(), '2026')
  await f.goto('/budgets/new?unused=2025')
  await settled(f)
  assert.match(await f.getByRole('textbox', { name: 'Amount (yuan) 1', exact: true }).inputValue(), /^-\d+\.\d\d$/)
  await picture(f, 'budget-unused-en-1440')
  await f.goto('/ledger')
  await settled(f)
  await f.getByRole('link', { name: 'Orders behind it' }).first().click()
  await f.waitForURL(/\/budgets\?year=2025/)
  await settled(f)
  assert.ok((await f.getByRole('link', { name: /^YS-2025-/ }).count()) >= 2)

  const auditor = await sit(browser, program.address, { screen: PHONE, lang: 'en' })
  await signIn(auditor.page, 'auditor')
  await auditor.page.goto('/budgets')
  await settled(auditor.page)
  await picture(auditor.page, 'budgets-auditor-en-390')
  assert.equal(await overflow(auditor.page), 0)
  await oneHeading(auditor.page)
  assert.equal(await auditor.page.getByRole('button', { name: 'Write an order' }).count(), 0)
})
