// The green lane: an officer asks for it with a ground, a second person agrees,
// and the case stands first in the inbox with the reason beside it.
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

const card = (page, name) => page.locator('.card', { has: page.getByRole('heading', { name, exact: true }) })

test('a case goes ahead once two persons agree, everybody sees why, and the auditor reads each use', async () => {
  const office = await sit(browser, program.address)
  const { page } = office
  await signIn(page, 'office')
  const cases = await page.evaluate(() => fetch('/api/v1/applications?state=submitted&state=accepted&limit=200').then((r) => r.json()))
  const id = cases.items.at(0).id
  const number = cases.items.at(0).number
  await page.goto(`/applications/${id}`)
  await settled(page)
  const lane = card(page, '绿色通道')
  await lane.getByRole('button', { name: '申请绿色通道' }).click()
  await lane.getByLabel('依据文件').click()
  await page.locator('.ant-select-item-option').nth(3).click()
  await lane.getByLabel('条款').fill('四/16')
  await lane.getByLabel('理由').fill('省外招商引资重点项目，签约承诺的办理时限。')
  await lane.getByRole('button', { name: '申请绿色通道' }).click()
  await lane.getByRole('button', { name: '不同意' }).waitFor()
  assert.equal(await lane.getByRole('button', { name: '同意进入' }).count(), 0, 'who asks does not confirm')
  await picture(page, 'lane-marked')

  const finance = await sit(browser, program.address)
  await signIn(finance.page, 'finance')
  await finance.page.goto(`/applications/${id}`)
  await settled(finance.page)
  const second = card(finance.page, '绿色通道')
  await second.getByLabel('理由').fill('已核对招商协议。')
  await second.getByRole('button', { name: '同意进入' }).click()
  await finance.page.locator('.chip', { hasText: '绿色通道' }).first().waitFor()
  assert.deepEqual(finance.faults, [])
  await finance.close()

  await page.goto('/')
  await settled(page)
  const first = page.locator('[data-inbox] tbody tr').first()
  assert.match(await first.innerText(), new RegExp(number))
  assert.match(await first.innerText(), /绿色通道/)
  await picture(page, 'lane-inbox')
  assert.deepEqual(office.faults, [])
  await office.close()

  const auditor = await sit(browser, program.address)
  await signIn(auditor.page, 'auditor')
  await auditor.page.goto('/applications?lane=green')
  await settled(auditor.page)
  const uses = card(auditor.page, '绿色通道使用记录')
  assert.match(await uses.innerText(), /招商引资重点项目/)
  assert.match(await uses.innerText(), /已核对招商协议/)
  assert.deepEqual(await accessFaults(auditor.page), [])
  await picture(auditor.page, 'lane-audit')
  await auditor.page.setViewportSize(PHONE)
  await settled(auditor.page)
  assert.equal(await overflow(auditor.page), 0)
  await picture(auditor.page, 'lane-audit-390')
  assert.deepEqual(auditor.faults, [])
  await auditor.close()
})
