// Money that a fund gave, by two hands: finance finds the report on its first
// page and does not agree, the office reports it again, finance agrees.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, accessFaults, choose, overflow, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

test('what the office reports as invested counts once finance agrees', { timeout: 240_000 }, async () => {
  const finance = await sit(browser, program.address)
  const f = finance.page
  await signIn(f, 'finance')
  await f.goto('/today')
  await settled(f)
  await f.getByRole('link', { name: '基金出资：待核对' }).click()
  await settled(f)
  await f.locator('tbody a.row-name').first().click()
  await f.getByRole('region', { name: '核对出资' }).waitFor()
  await settled(f)
  const project = new URL(f.url()).pathname
  assert.deepEqual(await accessFaults(f), [])
  assert.equal(await f.getByRole('button', { name: '与凭证一致' }).isDisabled(), true, 'what was checked is to be said')
  await f.getByLabel('核对了什么凭证，或哪里不符').fill('回单是 1,400 万元。')
  await f.getByRole('button', { name: '不符，请重报' }).click()
  await f.getByText('核对不符，待重报').first().waitFor()
  await picture(f, 'fund-disputed-1440')

  const office = await sit(browser, program.address)
  const o = office.page
  await signIn(o, 'office')
  await o.goto(project)
  await settled(o)
  await choose(o, o.getByRole('combobox', { name: '答复', exact: true }), '已出资，送财政核对')
  await o.getByLabel('答复日期').fill('2025-10-15')
  await o.getByLabel('出资金额（元）').fill('14,000,000')
  await o.getByLabel('内容').fill('更正：首期 1,400 万元。')
  await o.getByRole('button', { name: '登记答复' }).click()
  await o.getByText('已报出资，待核对').first().waitFor()
  assert.equal(await o.getByRole('button', { name: '与凭证一致' }).count(), 0, 'who reported it does not check it')

  await f.setViewportSize(PHONE)
  await f.goto(project)
  await settled(f)
  await f.getByLabel('核对了什么凭证，或哪里不符').fill('与回单一致。')
  assert.ok((await overflow(f)) <= 0)
  await picture(f, 'fund-judge-390')
  await f.getByRole('button', { name: '与凭证一致' }).click()
  await f.locator('.chip', { hasText: '已出资' }).waitFor()
  assert.deepEqual([...finance.faults, ...office.faults], [])
})
