// Finding each other: what can be claimed and what cannot now are counted apart; a question in people's own words is
// answered by cited clauses or refused; an office writes a call without typing a code; an edited project keeps what it said.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessFaults, choose, overflow, PHONE, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let browser, sandbox
before(async () => {
  browser = await startBrowser()
  sandbox = await startProgram()
})
after(async () => {
  await browser?.close()
  await sandbox?.stop()
})

/** Looks at a page: it fits the screen and bars nobody. */
async function fine(page, name) {
  await settled(page)
  await picture(page, name)
  assert.equal(await overflow(page), 0, `${name} scrolls sideways`)
  assert.deepEqual(await accessFaults(page), [], name)
}

for (const [lang, screen, ask, refuse] of [
  ['zh', undefined, '外地企业能不能领智算券', '明天天气怎么样'],
  ['en', PHONE, 'how much for training a model?', 'who won the match'],
])
  test(`a firm reads what it can claim and asks the documents (${lang})`, async () => {
    const firm = await sit(browser, sandbox.address, { lang, ...(screen && { screen }) })
    await signIn(firm.page, 'firm')
    await firm.page.goto('/match')
    await fine(firm.page, `match-${lang}`)
    const counts = await firm.page.locator('.page-head a[href^="#"] b:not(.match-total)').allInnerTexts()
    const groups = await Promise.all(['eligible', 'closed', 'lacking', 'undecided'].map((id) => firm.page.locator(`#${id} .match`).count()))
    assert.deepEqual(counts.map(Number), groups, 'the sentence counts what the cards hold')
    assert.equal(await firm.page.locator('#closed button.ant-btn').count(), 0, 'nothing to press where no call is open')

    await firm.page.goto('/policy')
    const box = firm.page.locator('.policy-search input')
    await box.fill(ask)
    await box.press('Enter')
    await firm.page.locator('.hits-note').waitFor()
    await fine(firm.page, `asked-${lang}`)
    assert.ok((await firm.page.locator('.hits a').count()) > 0, 'an answer cites its clause')
    await box.fill(refuse)
    await box.press('Enter')
    await firm.page.locator('.empty').waitFor()
    await fine(firm.page, `refused-${lang}`)
    assert.equal(await firm.page.locator('.hits li').count(), 0)
    assert.deepEqual(firm.faults, [])
    await firm.close()
  })

test('a stranger asks at the open door and is answered alike', async () => {
  const visitor = await sit(browser, sandbox.address, { screen: PHONE })
  await visitor.page.goto(`/open/policies?q=${encodeURIComponent('企业上市奖励多少')}`)
  await picture(visitor.page, 'open-asked')
  assert.ok((await visitor.page.locator('.rows li').count()) > 0)
  assert.ok((await visitor.page.locator('.rows').innerText()).includes('征求意见'), 'a draft is told as one')
  assert.deepEqual(await accessFaults(visitor.page), [])
  assert.equal(await overflow(visitor.page), 0)
  await visitor.close()
})

test('an office writes a call: factors by their names, papers without an id', async () => {
  const office = await sit(browser, sandbox.address)
  const { page } = office
  await signIn(page, 'office')
  await page.goto('/calls/new')
  await settled(page)
  await page.getByLabel('名称（中文）').fill('数据供给再征集')
  await page.getByLabel('名称（英文）').fill('Data supply again')
  await page.getByLabel('开始受理').fill('2025-12-01')
  await page.getByLabel('截止，含当日').fill('2025-12-31')
  await page.getByLabel('措施', { exact: true }).fill('数据供给')
  await page.getByLabel('措施', { exact: true }).press('Enter')
  await page.getByLabel('预算，元').fill('1000000')
  await page.getByLabel('统一分配').check()
  await page.getByLabel('名额').fill('20')
  await page.getByLabel('排名', { exact: true }).check()
  await choose(page, page.getByLabel('因素 1'), '训练使用量')
  await page.getByRole('button', { name: '加一项材料' }).click()
  await page.getByLabel('材料名称（中文）').fill('数据集说明')
  await page.getByLabel('材料名称（英文）').fill('About the data set')
  await fine(page, 'call-new')
  await page.getByRole('button', { name: '存为草稿' }).click()
  await page.waitForURL(/\/calls\/call_/)
  await settled(page)
  const text = await page.locator('main').innerText()
  assert.ok(text.includes('训练使用量') && text.includes('数据集说明') && !text.includes('usage'), text)
  assert.deepEqual(office.faults, [])
  await office.close()
})

test('a project that was edited still shows what it said when it was sent', async () => {
  const firm = await sit(browser, sandbox.address)
  const { page } = firm
  await signIn(page, 'firm')
  await page.goto('/projects')
  await settled(page)
  await page.locator('main a[href^="/projects/project"]').first().click()
  await page.waitForURL(/\/projects\/project/)
  await settled(page)
  const before = await page.locator('.prose').first().innerText()
  await page.getByRole('button', { name: '修改项目' }).click()
  await page.waitForURL(/\/edit$/)
  await settled(page)
  await page.getByLabel('简介').fill('改写过的简介。')
  await page.getByRole('button', { name: '保存' }).click()
  await page.waitForURL((url) => !url.pathname.endsWith('/edit'))
  await settled(page)
  assert.ok((await page.locator('.timeline').innerText()).includes('简介'), 'the history names what changed')
  await page.getByRole('link', { name: '看推送时的内容' }).click()
  await page.waitForURL(/\/editions\/1$/)
  await fine(page, 'project-as-sent')
  const sent = await page.locator('main').innerText()
  assert.ok(sent.includes(before) && !sent.includes('改写过的简介') && sent.includes('推送的就是这一版'), sent)
  assert.deepEqual(firm.faults, [])
  await firm.close()
})
