// What the leading group decided and who does it, the yearly key list, and the
// objections that wait.
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

/** Finds an option by typing, as people do; "" takes the first. */
const pick = async (page, label, words = '') => {
  const box = page.getByRole('combobox', { name: label, exact: true }).last()
  await box.click()
  await box.fill(words)
  await page.keyboard.press('Enter')
}

test('a meeting is recorded with a decision, which is closed with how', async () => {
  const office = await sit(browser, program.address)
  const { page } = office
  await signIn(page, 'office')
  await page.goto('/targets')
  await settled(page)
  await page.getByRole('button', { name: '会议与决定' }).click()
  await settled(page)
  await pick(page, '哪个机构')
  await page.getByRole('textbox', { name: '日期' }).fill('2025-10-22')
  await page.getByLabel('会议名称').fill('第四次会议')
  await page.getByLabel('议题，一行一项').fill('算力调度\n资金拨付')
  await page.getByRole('button', { name: '记下会议' }).click()
  await page.waitForURL(/\/meetings\//)
  await settled(page)
  await page.getByLabel('决定了什么').fill('年底前完成调度平台联调')
  await pick(page, '哪项议题', '算力调度')
  await pick(page, '属于哪项任务')
  await pick(page, '哪个单位办')
  await page.getByLabel('什么时候办完').fill('2025-12-20')
  await page.getByRole('button', { name: '记下决定' }).click()
  await page.getByRole('region', { name: '决定', exact: true }).getByText('年底前完成调度平台联调').waitFor()
  await settled(page)
  assert.deepEqual(await accessFaults(page), [])
  await picture(page, 'meeting-1440')
  await page.getByRole('button', { name: '办结 年底前完成调度平台联调' }).click()
  await page.getByLabel('怎么办结的，或者为什么不再有效').fill('已联调')
  await page.getByRole('button', { name: '办结', exact: true }).click()
  await page.getByText('：已联调').waitFor()
  await page.setViewportSize(PHONE)
  await settled(page)
  assert.ok((await overflow(page)) <= 0)
  await picture(page, 'meeting-390')
  assert.deepEqual(office.faults, [])
  await office.close()
})

test('a project is put on the key list and taken off; both stay to be read', async () => {
  const office = await sit(browser, program.address)
  const { page } = office
  await signIn(page, 'office')
  const org = await page.evaluate(() => fetch('/api/v1/applications?limit=1').then((r) => r.json()).then((a) => a.items[0].org.code))
  await page.goto('/key-lists')
  await settled(page)
  const add = page.locator('.card', { has: page.getByRole('button', { name: '列入项目' }) }).first()
  await add.getByLabel('项目', { exact: true }).fill('城市治理大模型')
  await add.getByLabel('统一社会信用代码').fill('不是代码')
  await add.getByLabel('为什么列入').fill('省级示范')
  await add.getByRole('button', { name: '列入项目' }).click()
  await add.locator('.error-panel').waitFor()
  await add.getByLabel('统一社会信用代码').fill(org)
  await add.getByRole('button', { name: '列入项目' }).click()
  await page.getByRole('button', { name: '移出 城市治理大模型' }).click()
  await picture(page, 'keylist-1440')
  await page.getByLabel('为什么移出').fill('项目终止')
  await page.getByRole('button', { name: '移出', exact: true }).click()
  await page.getByText('移出：项目终止').waitFor()
  assert.deepEqual(await accessFaults(page), [])
  await page.setViewportSize(PHONE)
  await settled(page)
  assert.ok((await overflow(page)) <= 0)
  await picture(page, 'keylist-390')
  assert.deepEqual(office.faults, [])
  await office.close()
})

test('an objection that waits is answered from the list of all', async () => {
  const office = await sit(browser, program.address, { lang: 'en' })
  const { page } = office
  await signIn(page, 'office')
  await page.goto('/notices')
  await settled(page)
  await page.getByRole('button', { name: 'Objections to answer' }).click()
  await settled(page)
  const waiting = await page.locator('.hits > li').count()
  assert.ok(waiting > 0, 'the sandbox has an objection that waits')
  assert.deepEqual(await accessFaults(page), [])
  await picture(page, 'objections-1440')
  await page.locator('.hits > li').first().getByRole('textbox').fill('Checked: the figures agree with the invoices.')
  await page.locator('.hits > li').first().getByRole('button', { name: /does not hold|dismiss/i }).click()
  await page.waitForFunction((n) => document.querySelectorAll('.hits > li').length < n, waiting)
  await page.setViewportSize(PHONE)
  await settled(page)
  assert.ok((await overflow(page)) <= 0)
  assert.deepEqual(office.faults, [])
  await office.close()
})
