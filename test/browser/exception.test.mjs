// An exception as people see it: one officer proposes, another and finance
// approve, the firm confirms, it is paid, and the register names them all. Then
// a project's way to a fund.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, REPORT, accessFaults, overflow, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

const textbox = (page, name) => page.getByRole('textbox', { name })

async function choose(page, label, option) {
  await page.getByRole('combobox', { name: label }).click()
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option }).click()
}

async function fine(page, name) {
  await settled(page)
  await picture(page, name)
  assert.deepEqual(await accessFaults(page), [], name)
  assert.equal(await overflow(page), 0, `${name} is wider than the screen`)
}

test('proposed by one, approved by two others, confirmed and paid', async () => {
  const seats = {}
  for (const login of ['office', 'deputy', 'finance', 'firm']) {
    seats[login] = await sit(browser, program.address, login === 'firm' ? { screen: PHONE } : {})
    await signIn(seats[login].page, login)
  }
  const [office, deputy, finance, firm] = ['office', 'deputy', 'finance', 'firm'].map((login) => seats[login].page)
  const org = await firm.evaluate(async () => (await (await fetch('/api/v1/session')).json()).active.org.code)

  await office.goto('/exceptions')
  await office.getByText('跨区域气象大模型联合实验室').waitFor()
  await fine(office, 'exceptions')
  await office.getByLabel('统一社会信用代码').fill(org)
  await choose(office, '与公式的不同', '没有对应措施')
  await textbox(office, '事项').fill('行业语料公共训练营')
  await textbox(office, '金额').fill('600000.01')
  await textbox(office, '理由').fill('重大项目，现有措施没有覆盖。')
  await office.setInputFiles('input[type=file]', { name: '纪要.csv', mimeType: 'text/csv', buffer: Buffer.from('议题,结论\n训练营,同意\n') })
  await office.getByText('纪要.csv').waitFor()
  await office.getByRole('button', { name: '提出一事一议' }).click()
  await office.waitForURL(/\/exceptions\/exc/)
  await office.getByText('这一件由您提出').waitFor()
  assert.equal(await office.getByRole('button', { name: '同意', exact: true }).count(), 0, 'the proposer sees no button to approve')
  await fine(office, 'exception-proposed')
  const path = new URL(office.url()).pathname

  for (const page of [deputy, finance]) {
    await page.goto(path)
    await textbox(page, '意见').fill('依据充分。')
    await page.getByRole('button', { name: '同意', exact: true }).click()
    await page.getByText('依据充分。').first().waitFor()
    await settled(page)
  }
  await finance.getByText('已同意').first().waitFor()
  await fine(finance, 'exception-approved')
  const id = (await finance.getByRole('link', { name: /^QM-2025-/ }).getAttribute('href')).split('/').pop()

  await firm.goto(`/applications/${id}`)
  await firm.getByText('不按公式').first().waitFor()
  await fine(firm, 'exception-case-phone')
  await firm.getByRole('button', { name: '确认' }).click()
  await settled(firm)
  const call = (page, way, body) =>
    page.evaluate(
      async ({ id, way, body }) => {
        const seen = await (await fetch(`/api/v1/applications/${id}`)).json()
        const said = await fetch(`/api/v1/applications/${id}/${way}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ revision: seen.revision, digest: seen.digest, ...body }) })
        return said.ok ? 'done' : `${said.status} ${(await said.json()).detail}`
      },
      { id, way, body },
    )
  const becomes = (page, state) =>
    page.waitForFunction(
      async ({ id, state }) => (await (await fetch(`/api/v1/applications/${id}`)).json()).state === state,
      { id, state },
    )
  await becomes(office, 'submitted')
  assert.match(await call(office, 'approve', { opinion: '同意' }), /^403 /, 'the proposer decides on nothing of it')
  assert.equal(await call(deputy, 'approve', { opinion: '照议定。' }), 'done')
  await becomes(finance, 'held')
  assert.equal(await call(finance, 'countersign', { opinion: '复核无误。' }), 'done')
  await becomes(finance, 'paid')
  await office.goto(path)
  await office.getByText('¥600,000.01').first().waitFor()
  await office.getByRole('button', { name: '出具决定书' }).click() // which names the ground and both who approved
  await office.getByRole('link', { name: /^QM-2025-\d+-决1\.pdf$/ }).waitFor()
  await fine(office, 'exception-paid')
  const report = await office.evaluate(async () => {
    const file = await fetch('/api/v1/exception-report.xlsx')
    return { type: file.headers.get('content-type'), size: (await file.arrayBuffer()).byteLength }
  })
  assert.match(report.type, /spreadsheetml/)
  assert.ok(report.size > 4000, `a workbook of ${report.size} bytes`)

  for (const [login, where, screen] of [['auditor', '/exceptions', PHONE], ['auditor', path, PHONE], ['finance', path, undefined], ['firm', `/applications/${id}`, undefined]]) {
    const reader = await sit(browser, program.address, { lang: 'en', ...(screen ? { screen } : {}) })
    await signIn(reader.page, login)
    await reader.page.goto(where)
    await fine(reader.page, `exception-en-${login}${where.startsWith('/exceptions/') ? '-one' : ''}${screen ? '-phone' : ''}`)
    assert.deepEqual(reader.faults, [])
    await reader.close()
  }
  for (const seat of Object.values(seats)) {
    assert.deepEqual(seat.faults, [])
    await seat.close()
  }
})

test('a project is described once, matched, sent to a fund and followed', async () => {
  const [firm, office] = await Promise.all([sit(browser, program.address), sit(browser, program.address, { screen: PHONE })])
  await signIn(firm.page, 'firm')
  await signIn(office.page, 'office')
  const page = firm.page
  await page.goto('/projects')
  await page.getByRole('link', { name: '青砚行业大模型二期' }).waitFor()
  await fine(page, 'projects')
  await page.getByRole('link', { name: '青砚行业大模型二期' }).click()
  await page.getByText('可能适合的资金').waitFor()
  await page.getByText('约谈').first().waitFor()
  await page.locator('details summary').first().click()
  await fine(page, 'project')
  await choose(page, '推送给', '新动能基金')
  await page.getByRole('checkbox', { name: '模型研发' }).check()
  await textbox(page, '金额').fill('9000000.01')
  await page.getByRole('button', { name: '推送', exact: true }).click()
  await page.getByText('所选成本项合计').first().waitFor() // more than the line costs
  await textbox(page, '金额').fill('9000000')
  await page.getByRole('button', { name: '推送', exact: true }).click()
  await page.getByText('已推送').first().waitFor()
  await office.page.goto(new URL(page.url()).pathname)
  await office.page.getByRole('button', { name: '登记答复' }).first().waitFor()
  await fine(office.page, 'project-office-phone')
})

test('a project is written, corrected at its fields, and changed in two windows without losing a word', async () => {
  const seat = await sit(browser, program.address)
  const { page } = seat
  await signIn(page, 'firm')
  await page.goto('/projects')
  await page.getByRole('button', { name: '新建项目' }).click()
  await page.waitForURL('/projects/new')
  await settled(page)
  await page.getByRole('button', { name: '新建项目' }).click()
  await page.getByText('请写项目名称').waitFor() // the server's words, at the field
  await page.getByText('没有保存：请改正标出的各处。').waitFor()
  await fine(page, 'project-new-faults')
  await textbox(page, '项目名称').fill('矿山巡检大模型')
  for (const [box, words] of [['所在地', '观山湖区'], ['行业', '有色金属']]) {
    await page.getByRole('combobox', { name: box }).fill(words) // found by typing
    await page.locator('.ant-select-dropdown:visible').getByTitle(words).click()
  }
  await textbox(page, '是什么').fill('标注数据')
  await textbox(page, '金额（元）').fill('三百万')
  await page.getByText('不是金额').waitFor()
  await textbox(page, '金额（元）').fill('3,000,000')
  await textbox(page, '需要资金（元）').fill('1,200,000.50')
  await page.locator('input[type=file]').last().setInputFiles({ name: '计划书.pdf', mimeType: 'application/pdf', buffer: REPORT.buffer })
  await page.getByText('计划书.pdf').waitFor()
  await page.reload() // what was typed is kept by this tab
  await settled(page)
  assert.equal(await textbox(page, '项目名称').inputValue(), '矿山巡检大模型')
  await page.getByRole('button', { name: '新建项目' }).click()
  await page.waitForURL(/\/projects\/project/)
  await settled(page)
  await page.getByText('观山湖区').first().waitFor()
  await page.getByRole('link', { name: '计划书.pdf' }).waitFor()
  const path = new URL(page.url()).pathname

  const other = await page.context().newPage()
  await page.goto(`${path}/edit`)
  await other.goto(`${path}/edit`)
  await Promise.all([settled(page), settled(other)])
  await other.getByRole('button', { name: '加一项' }).click()
  await textbox(other, '是什么').nth(1).fill('边缘服务器')
  await textbox(other, '金额（元）').nth(1).fill('500000')
  await other.getByRole('button', { name: '保存', exact: true }).click()
  await other.waitForURL(path)
  await textbox(page, '简介').fill('两座矿试点。')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByText('另一个窗口或同事在').waitFor()
  await page.getByRole('alert').getByText('边缘服务器').waitFor() // what the other window wrote
  await fine(page, 'project-two-windows')
  await page.getByRole('button', { name: '用我写的，再保存' }).click()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.waitForURL(path)
  await page.getByText('两座矿试点。').waitFor()
  await fine(page, 'project-written')

  await page.goto('/projects')
  await page.getByRole('link', { name: '青砚行业大模型二期' }).click()
  await page.getByRole('button', { name: '修改项目' }).click()
  await settled(page)
  await page.getByText('不能改；要改先撤回那次推送').first().waitFor()
  await page.setViewportSize(PHONE)
  await fine(page, 'project-edit-phone')
  assert.deepEqual(seat.faults, [])
  await seat.close()
  const reader = await sit(browser, program.address, { lang: 'en' })
  await signIn(reader.page, 'firm')
  await reader.page.goto(`${path}/edit`)
  await fine(reader.page, 'project-edit-en')
  await reader.close()
})
