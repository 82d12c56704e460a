// A programme year as its people see it: a call, 300 applications, a panel, the
// common allocation, a notice with one objection upheld, payment of which one
// half fails, recovery of a proven fraud, and the year's targets.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { REPORT, accessFaults, choose, overflow, picture, settled, signIn, sit, startBrowser, startProgram, typeIn } from './harness.mjs'

let program, browser
const people = {}
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

/** A person's page, signed in at first; "" is somebody who is not. */
async function page(login) {
  if (!people[login]) {
    people[login] = await sit(browser, program.address)
    people[login].page.setDefaultTimeout(60_000)
    if (login.startsWith('expert')) {
      await typeIn(people[login].page, { login }, { login: '登录名', password: '密码', go: '登录' })
      await people[login].page.waitForURL((url) => url.pathname !== '/sign-in')
    } else if (login) await signIn(people[login].page, login)
  }
  return people[login].page
}

/** Opens an address as a person. */
async function open(login, address) {
  const p = await page(login)
  await p.goto(address)
  await settled(p)
  return p
}

const read = (p, path) => p.evaluate((at) => fetch(`/api/v1${at}`).then((r) => r.json()), path)
const pick = (p, name, option) => choose(p, p.getByRole('combobox', { name, exact: true }), option)
const look = async (p, name) => {
  assert.deepEqual(await accessFaults(p), [], name)
  assert.ok((await overflow(p)) <= 0, `${name} does not stick out`)
  await picture(p, `year-${name}`)
}

/** The office ends a case without support. */
async function refuse({ id }, words) {
  const office = await open('office', `/applications/${id}`)
  await office.getByRole('textbox', { name: '决定意见' }).fill(words)
  await office.getByRole('button', { name: '不予支持', exact: true }).click()
  await office.getByText('不予支持').first().waitFor()
  await settled(office)
}

/** A purse's orders go to its bank and come back paid; one may fail. */
async function pay(purse, name, failing) {
  const finance = await open('finance', '/payment')
  await finance.getByRole('button', { name: `生成付款文件 ${name}` }).click()
  await finance.locator('#files tr', { hasText: '待放行' }).waitFor()
  const cashier = await open('cashier', '/payment')
  await cashier.getByRole('button', { name: /^放行 FK/ }).click()
  const deed = cashier.locator('.deed')
  await deed.getByRole('textbox', { name: '说明' }).fill('核对无误')
  await deed.getByRole('button', { name: '放行', exact: true }).click()
  await deed.waitFor({ state: 'detached' })
  const [file] = (await read(cashier, '/payment/files?limit=1')).items
  const sent = await finance.evaluate((id) => fetch(`/api/v1/payment/files/${id}/content`).then((r) => r.text()), file.id)
  const lines = sent.replace('\ufeff', '').trim().split('\r\n').slice(1, -1).map((line) => line.split(','))
  const day = '2025-11-11'
  const back = lines.map(([order, , , , , , amount], i) => (order === failing?.number ? `${order},${amount},失败,,${day},户名不符` : `${order},${amount},成功,B${purse}${i},${day},`))
  const buffer = Buffer.from(`指令号,金额,结果,银行流水号,日期,原因\n${back.join('\n')}\n`)
  await open('finance', '/payment')
  await pick(finance, '回单属于哪个付款方', name)
  await finance.locator('input[type=file]').setInputFiles({ name: `${purse}.csv`, mimeType: 'text/csv', buffer })
  await finance.waitForURL(/\/payment\/returns\//)
  await settled(finance)
  await finance
    .getByRole('button', { name: /^入账 \d+ 行/ })
    .click()
    .catch(async (e) => assert.fail(`${e.message}\n${await finance.locator('main').innerText()}`))
  await finance.getByText('已入账：').waitFor()
}

async function moveTo(day) {
  const p = await open('office', '/')
  await p.getByRole('button', { name: /^移动演示日期/ }).click()
  await p.getByLabel('移到哪一天').fill(day)
  await p.getByRole('button', { name: '移到这一天' }).click()
  await p.getByLabel('移到哪一天').waitFor({ state: 'detached' })
}

test('a programme year', { timeout: 900_000 }, async () => {
  // The call.
  let office = await open('office', '/calls/new')
  await office.getByLabel('名称（中文）').fill('2025 年研发训练补助')
  await office.getByLabel('名称（英文）').fill('Model training 2025')
  await office.getByLabel('开始受理').fill('2025-10-22')
  await office.getByLabel('截止，含当日').fill('2025-10-31')
  await pick(office, '付款方式', '银行文件')
  await pick(office, '措施', '研发训练补助')
  await office.getByLabel('预算，元').fill('4,000,000')
  await office.getByLabel('统一分配').check()
  await pick(office, '钱不够时', '同比例下调')
  await office.getByRole('button', { name: '存为草稿' }).click()
  await office.waitForURL(/\/calls\/call_/)
  await settled(office)
  const call = new URL(office.url()).pathname
  const id = call.split('/').pop()
  await office.getByRole('button', { name: '开放申报' }).click()
  await office.getByLabel('件数').fill('300')
  await office.getByRole('button', { name: '开始申报' }).click()
  await office.getByText('提交了 300 件。').waitFor()
  await look(office, 'call')
  await office.getByRole('textbox', { name: '意见' }).first().fill('材料齐全')
  await office.getByRole('button', { name: '批量受理' }).click()
  await office.getByText('受理了 300 件。').waitFor()

  // A panel; the second case is not recommended.
  const cases = (await read(office, `/applications?call=${id}&state=accepted&limit=4`)).items
  const [first, second, fraud] = cases
  office = await open('office', '/panels')
  await office.getByLabel('名称', { exact: true }).fill('大模型评审组')
  await office.locator('.field', { hasText: '措施' }).locator('.ant-select').click()
  await office.locator('.ant-select-item-option', { hasText: '研发' }).first().click()
  for (const one of [first, second]) await office.locator('.case-list li, .case-list label', { hasText: one.number }).locator('input').first().check()
  await office.getByRole('button', { name: '组建，公布承诺' }).click()
  await office.getByRole('button', { name: '抽取专家（只抽一次）' }).click()
  await office.getByText('种子', { exact: true }).waitFor()
  await settled(office)
  const panel = new URL(office.url()).pathname
  const drawn = (await read(office, panel.replace('/panels', '/panels'))).draw.members.map((m) => m.expert)
  const experts = (await read(office, '/experts?limit=200')).items.filter((e) => drawn.includes(e.id)).map((e) => e.person.replace('per_demo_', ''))
  assert.equal(experts.length, 3)
  for (const login of experts) {
    for (const [one, points] of [[first, '9'], [second, '3']]) {
      const expert = await open(login, `/review/${one.id}`)
      for (const box of await expert.locator('.criteria input').all()) await box.fill(points)
      await expert.getByLabel('评语').fill(one === first ? '可行' : '效果不明')
      await expert.getByText('已保存').waitFor()
      await expert.getByRole('button', { name: '提交评分（不可再改）' }).click()
      await expert.getByText('不可再改。').first().waitFor()
    }
  }
  office = await open('office', panel)
  const meeting = office.locator('.meeting-form')
  await meeting.getByLabel('日期').fill('2025-10-22')
  await meeting.getByLabel('地点').fill('会议室')
  await meeting.locator('.field', { hasText: '主持人' }).locator('.ant-select').click()
  await office.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click()
  for (const [one, verdict, words] of [[first, '建议支持', '支持'], [second, '不建议支持', '效果不明']]) {
    await pick(office, `意见 ${one.number}`, new RegExp(`^${verdict}$`))
    await office.getByRole('textbox', { name: `意见 ${one.number}` }).fill(words)
  }
  await meeting.getByLabel('会议记录').fill('逐件讨论。')
  await office.getByRole('button', { name: '记录会议' }).click()
  await office.getByText('逐件讨论。').and(office.locator(':not(textarea)')).waitFor()
  await look(office, 'panel')
  await office.getByRole('button', { name: '结束评审' }).click()
  await office.getByText('已结束').first().waitFor()
  await refuse(second, '评审未推荐')

  // The allocation: computed by one, settled by another, run again by the auditor.
  await moveTo('2025-11-03')
  office = await open('office', call)
  await office.getByRole('button', { name: '冻结并试算分配' }).click()
  await office.waitForURL(/\/allocations\//)
  await settled(office)
  await look(office, 'allocation')
  const run = new URL(office.url()).pathname
  const finance = await open('finance', run)
  await finance.getByRole('button', { name: '定稿', exact: true }).click()
  await finance.getByText('已定稿').first().waitFor()
  const auditor = await open('auditor', run)
  await auditor.getByRole('button', { name: '重算并比对' }).click()
  await auditor.getByText('重算一致，逐字节相同。').waitFor()

  // The notice: drafted by one, published by another; anybody may object.
  office = await open('office', call)
  await office.getByRole('button', { name: '拟公示' }).click()
  await office.waitForURL(/\/notices\//)
  const notice = new URL(office.url()).pathname
  const deputy = await open('deputy', notice)
  await deputy.getByRole('button', { name: '公布，开始公示' }).click()
  await deputy.getByText('公示中').first().waitFor()
  const citizen = await open('', notice)
  await citizen.getByRole('button', { name: /^提异议 / }).first().click()
  await citizen.getByLabel('您的姓名或单位').fill('李某')
  await citizen.getByLabel('怎么联系您').fill('仅供演示')
  await citizen.getByLabel('异议内容').fill('该企业并非申报主体。')
  await citizen.getByRole('button', { name: '提交异议' }).click()
  await citizen.getByText(/回执号 YY-2025/).waitFor()
  await look(citizen, 'notice')
  office = await open('office', notice)
  const contested = (await read(office, `/api/v1${notice}/rows`.replace('/api/v1', ''))).items[0]
  await office.getByRole('textbox', { name: /^答复 YY/ }).fill('经核属实。')
  await office.getByRole('button', { name: '异议成立，撤下重审' }).click()
  await office.getByText('异议成立', { exact: true }).first().waitFor()
  await refuse({ id: contested.application }, '异议成立')

  // Approved, countersigned, sent to the banks.
  await moveTo('2025-11-11')
  office = await open('office', call)
  await batch(office, '批量同意', '同意了 298 件，已送复核。')
  for (let held = 0; held < 298; held = (await read(office, call)).funnel.held) await office.evaluate(() => new Promise(requestAnimationFrame))
  let money = await open('finance', call)
  await batch(money, '批量复核', '复核了 298 件，已送付款。')
  const orders = (await read(money, `/payment/orders?case=${fraud.id}`)).items
  const half = orders.find((o) => o.purse.level === 'district')
  const purse = `district-${half.purse.place}`
  await pay('city-520100', '贵阳市财政局')
  await pay(purse, half.purse.name.zh, half)
  const differing = await open('finance', `/applications/${fraud.id}`)
  await differing.getByText('户名不符').first().waitFor()
  await look(differing, 'half-failed')
  money = await open('finance', `/payment/orders/${half.id}`)
  await money.getByRole('button', { name: /^重新签发/ }).click()
  await money.locator('.deed').getByRole('textbox').fill('户名已更正')
  await money.locator('.deed').getByRole('button', { name: '重新签发', exact: true }).click()
  await money.locator('.deed').waitFor({ state: 'detached' })
  await pay(purse, half.purse.name.zh)
  for (let state = ''; state !== 'paid'; state = (await read(money, `/applications/${fraud.id}`)).state) await money.evaluate(() => new Promise(requestAnimationFrame))

  // Fraud is proven: all of it is owed, the firm is excluded.
  const { org } = await read(money, `/applications/${fraud.id}`)
  office = await open('office', '/recoveries')
  await office.getByLabel('统一社会信用代码').fill(org.code)
  await office.locator('label', { hasText: fraud.number }).getByRole('checkbox').first().check()
  await office.getByLabel('立案理由').fill('审计移送：材料系伪造。')
  await office.getByRole('button', { name: '立案', exact: true }).click()
  await office.waitForURL(/\/recoveries\/rec/)
  await settled(office)
  const recovery = new URL(office.url()).pathname
  const step = async (name) => pick(office, '办理', name)
  const text = (name) => office.getByRole('textbox', { name })
  await step('写明依据')
  await office.getByLabel('法律依据').fill('《财政违法行为处罚处分条例》第十四条')
  await text('理由').fill('立案时写明')
  await office.getByRole('button', { name: '写明依据' }).click()
  await office.locator('.prose', { hasText: '第十四条' }).waitFor()
  await step('列入事实')
  await office.setInputFiles('input[type=file]', REPORT)
  await office.getByRole('link', { name: REPORT.name }).waitFor()
  await step('确认查实')
  await text('查明').fill('鉴定结论：审计报告系伪造。')
  await office.getByRole('button', { name: '确认查实' }).click()
  await text('告知').fill('拟追回全部资金，并列入名单。')
  await office.getByLabel('可能列入暂停申报名单').check()
  await office.getByRole('button', { name: '发出告知' }).click()
  await office.getByText('告知中').first().waitFor()
  await moveTo('2025-11-24')
  office = await open('office', recovery)
  await text('听取意见的处理').fill('逾期未陈述。')
  await office.getByRole('button', { name: '结束听取' }).click()
  await office.getByLabel('到期日 1').fill('2026-01-30')
  await office.getByLabel('暂停申报截止日').fill('2027-11-23')
  await text('理由').fill('骗取资金，全部追回。')
  await office.getByRole('button', { name: '提交决定' }).click()
  await office.getByText('待确认').first().waitFor()
  money = await open('finance', recovery)
  await money.getByRole('textbox', { name: '理由' }).fill('复核无误')
  await money.getByRole('button', { name: '确认', exact: true }).click()
  await money.getByRole('button', { name: '登记到账' }).waitFor()
  await look(money, 'recovery')

  // The year's targets, for a director, and the yearly report.
  const targets = await open('office', '/targets')
  await look(targets, 'targets')
  const report = targets.waitForEvent('download')
  await targets.getByRole('link', { name: '年报 PDF' }).click()
  assert.match((await report).suggestedFilename(), /2025.*\.pdf$/)
  for (const [login, one] of Object.entries(people)) assert.deepEqual(one.faults, [], login)
})

async function batch(p, title, done) {
  const card = p.locator('.card', { has: p.getByRole('button', { name: title }) }).last()
  await card.getByRole('textbox', { name: '意见' }).fill('同意')
  await card.getByRole('button', { name: title }).click()
  await p.getByText(done).waitFor({ timeout: 240_000 })
}
