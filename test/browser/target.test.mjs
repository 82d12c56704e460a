// What a unit reports: progress with a fact that it chose by name, sent once
// however often the button is pressed; a figure of an earlier day, as its
// correction; and a year to come, of which nothing is missed yet.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DESKTOP, PHONE, accessFaults, overflow, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

test('progress is reported with a fact chosen by name, once', async () => {
  const { page, faults, close } = await sit(browser, program.address, { screen: PHONE })
  await signIn(page, 'office')
  await page.goto('/tasks/001-2')
  await settled(page)
  await page.getByLabel('完成百分比').fill('60')
  await page.getByLabel('说明').fill('首批服务上线。')
  await page.getByLabel('单位名称或统一社会信用代码').fill('青砚')
  await page.locator('.ant-select-item-option', { hasText: '青砚' }).first().click()
  await page.getByLabel('证明它的事实').click()
  await page.locator('.ant-select-item-option', { hasText: '·' }).first().click()
  await page.getByRole('button', { name: /^移除 / }).waitFor()
  await page.waitForFunction(() => document.querySelectorAll('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').length === 0) // its list closes
  assert.deepEqual(await accessFaults(page), [])
  assert.equal(await overflow(page), 0)
  await picture(page, 'target-report-390')
  let sent = 0
  await page.route('**/tasks/001-2/reports', (route) => {
    sent++
    setTimeout(() => route.continue(), 800)
  })
  await page.getByRole('button', { name: '报送进展' }).dblclick()
  await page.getByText('首批服务上线。').nth(0).waitFor()
  await page.getByRole('button', { name: /^移除 / }).waitFor({ state: 'detached' })
  assert.equal(sent, 1)
  const task = await page.evaluate(() => fetch('/api/v1/tasks/001-2').then((r) => r.json()))
  assert.equal(task.reports[0].facts.length, 1)
  assert.deepEqual(faults, [])
  await close()
})

test('a figure of any day of the year is corrected, and a year to come is not missed', async () => {
  const { page, faults, close } = await sit(browser, program.address, { screen: DESKTOP })
  await signIn(page, 'office')
  await page.goto('/figures/compute-scale')
  await settled(page)
  const before = await page.evaluate(() => fetch('/api/v1/targets/compute-scale').then((r) => r.json()))
  const first = before.series[0].points[0]
  await page.locator('#as-of').fill(first.day)
  await page.getByText(`这一天已报过 ${first.value}，将作为更正提交。`).waitFor()
  await page.getByLabel(/^数值/).fill('111')
  await page.getByLabel('数据来源').fill('统计季报（更正）')
  await page.getByRole('button', { name: '报送更正' }).click()
  await page.waitForURL(/\/targets\?/)
  const now = await page.evaluate(() => fetch('/api/v1/targets/compute-scale').then((r) => r.json()))
  assert.equal(now.series[0].points[0].value, '111')
  assert.equal(now.series[0].points.length, before.series[0].points.length)
  await page.goto('/targets?year=2026')
  await settled(page)
  assert.equal(await page.getByText('待报数', { exact: true }).count(), 0, 'nobody owes a figure of a year to come')
  await picture(page, 'target-2026')
  assert.deepEqual(faults, [])
  await close()
})
