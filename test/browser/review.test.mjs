// A panel as people see it: the reviewer judges blind and leaves a case, the
// office forms and draws a panel, the auditor draws it again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, overflow, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

test('a reviewer on a phone fills the sheet in, submits once and leaves another case', async () => {
  const reviewer = await sit(browser, program.address, { screen: PHONE })
  const { page } = reviewer
  await signIn(page, 'reviewer')
  await page.waitForURL('**/review')
  await settled(page)
  await page.locator('tr', { hasText: '草稿' }).locator('a.row-name').click()
  await settled(page)
  assert.doesNotMatch(await page.locator('main').innerText(), /有限公司/)
  const boxes = page.locator('.criteria input')
  for (const box of await boxes.all()) await box.fill('8.5')
  await page.getByLabel('评语').fill('成效清楚，推广性尚可。')
  await page.getByText('已保存').waitFor()
  await picture(page, 'review-score-390')
  await page.getByRole('button', { name: '提交评分（不可再改）' }).click()
  await page.getByText('不可再改。').first().waitFor()
  assert.equal(await page.locator('.criteria input').count(), 0, 'a submitted score has no fields')
  await page.goto('/review')
  await settled(page)
  const number = await page.locator('tr', { hasText: '未打分' }).first().locator('.mono').innerText()
  await page.locator('tr', { hasText: number }).locator('a.row-name').click()
  await settled(page)
  await page.getByLabel('理由').fill('曾指导该项目')
  await page.getByRole('button', { name: '声明回避本案' }).click()
  await page.getByRole('heading', { name: '本案已从您的清单移除' }).waitFor()
  await page.goto('/review')
  await settled(page)
  assert.equal(await page.locator('tr', { hasText: number }).count(), 0, 'the case vanished')
  await page.goto('/declarations')
  await settled(page)
  assert.equal(await page.locator('tr', { hasText: number }).count(), 1, 'and stays under recusals')
  assert.equal(await overflow(page), 0)
  assert.deepEqual(reviewer.faults, [])
  await reviewer.close()
})

test('the office forms a panel and draws it once; the auditor draws it again', async () => {
  const office = await sit(browser, program.address)
  const { page } = office
  await signIn(page, 'office')
  await page.goto('/panels')
  await settled(page)
  await page.getByLabel('名称', { exact: true }).fill('大模型评审组')
  await page.locator('.field', { hasText: '措施' }).locator('.ant-select').click()
  await page.locator('.ant-select-item-option', { hasText: '研发' }).first().click()
  await page.locator('.case-list input:not([disabled])').nth(0).check()
  await page.locator('.case-list input:not([disabled])').nth(1).check()
  await page.getByRole('button', { name: '组建，公布承诺' }).click()
  await page.getByRole('button', { name: '抽取专家（只抽一次）' }).click()
  await page.getByText('种子', { exact: true }).waitFor()
  await settled(page)
  assert.equal(await page.locator('.seats li').count(), 6)
  await picture(page, 'review-panel-drawn')
  const address = new URL(page.url()).pathname
  const auditor = await sit(browser, program.address)
  await signIn(auditor.page, 'auditor')
  await auditor.page.goto(address)
  await settled(auditor.page)
  assert.equal(await auditor.page.getByRole('button', { name: '取消评审组' }).count(), 0)
  await auditor.page.getByRole('button', { name: '重抽核对' }).click()
  await auditor.page.getByText('一致', { exact: true }).waitFor()
  assert.deepEqual([...office.faults, ...auditor.faults], [])
  await office.close()
  await auditor.close()
})
