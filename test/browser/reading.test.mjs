// What a reader relies on: clause and figure light up together, drafts stand
// apart, lists keep their filters, a page of other roles says whose it is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

test('pointing at a numbered phrase lights its figure, and the other way round', async () => {
  const visitor = await sit(browser, program.address)
  // The documents' own words are not shipped: these stand in for an imported text.
  await visitor.page.route('**/policy/documents/002', async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    body.text_state = 'available'
    body.clauses_list.find((c) => c.path === '二').text = '假设的条文：按成本的 30% 补助，至多 500 万元。'
    await route.fulfill({ response: answer, json: body })
  })
  await visitor.page.route('**/policy/measures/002-2', async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    for (const [path, phrase] of [['rate', '30%'], ['cap', '500 万元']]) body.parameters.find((p) => p.path === path).phrase = phrase
    await route.fulfill({ response: answer, json: body })
  })
  await visitor.page.goto('/policy/documents/002?clause=二')
  const phrase = visitor.page.locator('.phrase', { hasText: '500 万元' })
  const figure = visitor.page.locator('.rule-figures li', { hasText: '最高额' })
  const lit = (where) => where.evaluate((e) => e.hasAttribute('data-lit'))
  await phrase.hover()
  assert.deepEqual([await lit(phrase), await lit(figure)], [true, true])
  await picture(visitor.page, 'phrase-lit')
  await figure.hover()
  assert.deepEqual([await lit(phrase), await lit(figure)], [true, true])
  await visitor.page.mouse.move(0, 0)
  assert.deepEqual([await lit(phrase), await lit(figure)], [false, false])
  await phrase.focus()
  assert.deepEqual([await lit(phrase), await lit(figure)], [true, true])
  await visitor.close()
})

test('what a draft lacks stands with the drafts, and no draft has a button to apply', async () => {
  const firm = await sit(browser, program.address)
  await signIn(firm.page, 'firm')
  await firm.page.goto('/match')
  await settled(firm.page)
  const clauses = (group) => firm.page.locator(`#${group} .clause-ref`).allInnerTexts()
  const draft = /产业园措施|中试措施/
  assert.ok((await clauses('simulation_only')).every((c) => draft.test(c)))
  for (const group of ['eligible', 'lacking', 'undecided']) assert.ok((await clauses(group)).every((c) => !draft.test(c)), group)
  assert.ok((await firm.page.locator('#simulation_only .match-lack').count()) > 0, 'some drafts lack something')
  assert.equal(await firm.page.locator('#simulation_only .ant-btn').count(), 0)
  await firm.close()
})

test('a list goes on by cursor, and its filters stay in the address', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  await office.page.goto('/people?tab=organisations')
  await settled(office.page)
  const rows = office.page.locator('tbody tr')
  const first = await rows.count()
  await office.page.getByRole('button', { name: '再看一些' }).click()
  await rows.nth(first).waitFor()

  await office.page.goto('/applications')
  await settled(office.page)
  await office.page.getByRole('combobox', { name: '状态' }).click()
  await office.page.getByTitle('已付', { exact: true }).click()
  await office.page.waitForURL(/state=paid/)
  await office.page.getByRole('searchbox', { name: '单位、编号' }).fill('QM-2025')
  await office.page.keyboard.press('Enter')
  await office.page.waitForURL(/state=paid&q=QM-2025/)
  await office.page.reload()
  await settled(office.page)
  const states = new Set(await office.page.locator('tbody .chip').allInnerTexts())
  assert.deepEqual(states, new Set(['已付']))
  assert.deepEqual(office.faults, [])
  await office.close()
})

test('a page of other roles says whose it is; a phone reaches every page of the rail', async () => {
  const firm = await sit(browser, program.address, { screen: PHONE })
  await signIn(firm.page, 'firm')
  await firm.page.goto('/ledger')
  await firm.page.getByText('经办、财政复核、审计').waitFor()
  assert.equal(await firm.page.getByRole('button', { name: '复算账本' }).count(), 0)
  await firm.page.locator('.role-compact').click()
  await firm.page.getByRole('menuitem', { name: '单位与人员' }).click()
  await firm.page.waitForURL(/\/people/)
  await firm.close()
})

test('one panel that fails leaves the others; trying again mends it', async () => {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  await office.page.route('**/ledger/accounts*', (route) => route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'conflict', status: 409, detail: '账户读不到。', request_id: 'req_7' }) }))
  await office.page.goto('/ledger')
  await office.page.getByRole('alert').getByText('账户读不到。').waitFor()
  await office.page.getByText('报修请提供编号 req_7').waitFor()
  await office.page.locator('.ledger-columns table').first().waitFor()
  await picture(office.page, 'panel-error')
  await office.page.unroute('**/ledger/accounts*')
  await office.page.getByRole('alert').getByRole('button', { name: '重试' }).click()
  await office.page.getByRole('alert').waitFor({ state: 'hidden' })
  await office.close()
})
