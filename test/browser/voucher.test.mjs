// A voucher as people see it: an organisation claims one, reads its balance and
// every deduction with its meter, gives one back; the office watches the pool
// and recalls one with a reason.
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

async function looked(page, name) {
  await settled(page)
  await picture(page, name)
  assert.deepEqual(await accessFaults(page), [], `${name}: axe`)
  assert.equal(await overflow(page), 0, `${name}: nothing sticks out`)
}

test('claimed, booked, given back', async () => {
  const firm = await sit(browser, program.address)
  const page = firm.page
  await signIn(page, 'firm')
  await page.goto('/vouchers')
  await settled(page)
  const before = await page.getByRole('row').count()
  assert.ok(before > 2, 'the sandbox has vouchers of the firm')
  await page.locator('.voucher-faces label', { hasText: '50,000.00' }).click()
  await page.getByRole('button', { name: '领券' }).click()
  const link = page.getByRole('status').getByRole('link')
  const number = await link.textContent()
  await looked(page, 'vouchers-firm')
  await link.click()
  await page.waitForURL(/\/vouchers\/vch/)
  await page.getByText('自发放日起 180 天').waitFor()
  await page.locator('.page-sentence .chip-eligible').waitFor() // the ledger has answered
  assert.match(await page.locator('.voucher-figures').textContent(), /面额¥50,000\.00.*可用¥50,000\.00/)
  await looked(page, 'voucher-fresh')

  await page.getByLabel('理由').fill('训练计划推迟，退回。')
  await page.getByRole('button', { name: '退回余额' }).click()
  await page.getByText('余额已收回，券结束').waitFor()
  assert.match(await page.locator('.voucher-figures').textContent(), /可用¥0\.00已退回¥50,000\.00/)
  await page.goto('/vouchers')
  await settled(page)
  assert.equal(await page.getByRole('row').count(), before + 1)
  assert.match(await page.getByRole('row', { name: number }).textContent(), /已退回/)
  assert.deepEqual(firm.faults, [])
})

test('each deduction shows its meter, on a phone and in English too', async () => {
  const firm = await sit(browser, program.address, { screen: PHONE })
  await signIn(firm.page, 'firm')
  await firm.page.goto('/vouchers')
  await looked(firm.page, 'vouchers-firm-phone')
  await firm.page.getByRole('link', { name: 'SQ-2025-00006' }).click()
  await firm.page.getByText('计量读数 GA-1/2025-07/0512').waitFor()
  await looked(firm.page, 'voucher-used-phone')
  const english = await sit(browser, program.address, { lang: 'en' })
  await signIn(english.page, 'firm')
  await english.page.goto(new URL(firm.page.url()).pathname)
  await english.page.getByText('Meter reading GA-1/2025-07/0512').waitFor()
  await looked(english.page, 'voucher-used-en')
})

test('the office sees the pool add up, searches and recalls', async () => {
  const office = await sit(browser, program.address)
  const page = office.page
  await signIn(page, 'office')
  await page.goto('/vouchers')
  await looked(page, 'vouchers-office')
  assert.match(await page.locator('main').textContent(), /累计已发 = 占用 \+ 抵扣/)
  await page.goto('/vouchers?state=live')
  await settled(page)
  await page.getByRole('row').last().getByRole('link').click()
  await page.getByRole('button', { name: '收回余额' }).waitFor()
  assert.ok(await page.getByRole('button', { name: '收回余额' }).isDisabled(), 'a recall needs a reason')
  await page.getByLabel('理由').fill('单位已不再训练所申报的模型。')
  await page.getByRole('button', { name: '收回余额' }).click()
  await page.getByText('余额已收回').first().waitFor()
  await looked(page, 'voucher-recalled')
  const phone = await sit(browser, program.address, { screen: PHONE })
  await signIn(phone.page, 'office')
  await phone.page.goto('/vouchers')
  await looked(phone.page, 'vouchers-office-phone')
  assert.deepEqual(office.faults, [])
})
