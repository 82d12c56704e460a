// A recovery as people see it: the office opens and proves it, the party speaks,
// a second person confirms, money comes in, and the party may not apply.
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

/** Calls the API as the page would; for what other stories tell. */
async function call(page, method, path, body) {
  const { status, answer } = await page.evaluate(
    async ({ method, path, body }) => {
      const response = await fetch(`/api/v1${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })
      return { status: response.status, answer: await response.json() }
    },
    { method, path, body },
  )
  assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`)
  return answer
}

async function paid(page, id, state) {
  for (let tries = 0; tries < 200; tries++) {
    const found = await call(page, 'GET', `/applications/${id}`)
    if (found.state === state) return found
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)))
  }
  assert.fail(`application ${id} did not become ${state}`)
}

const textbox = (page, name) => page.getByRole('textbox', { name })

test('fraud: opened, proven, heard, decided by two, repaid in part; the party is excluded', async () => {
  const [office, finance, firm] = await Promise.all([sit(browser, program.address), sit(browser, program.address), sit(browser, program.address, { screen: PHONE })])
  for (const [person, login] of [[office, 'office'], [finance, 'finance'], [firm, 'firm']]) await signIn(person.page, login)
  const org = (await call(firm.page, 'GET', '/session')).active.org.code
  const { results } = await call(firm.page, 'GET', `/organisations/${org}/matches`)
  let a = await call(firm.page, 'POST', `/organisations/${org}/applications`, { measure: '002-2', object: results.find((r) => r.measure === '002-2' && r.outcome === 'eligible').object })
  a = await call(firm.page, 'POST', `/applications/${a.id}/submit`, { revision: a.revision })
  await call(office.page, 'POST', `/applications/${a.id}/approve`, { revision: a.revision, digest: a.digest, opinion: '同意' })
  a = await paid(finance.page, a.id, 'held')
  await call(finance.page, 'POST', `/applications/${a.id}/countersign`, { revision: a.revision, opinion: '同意' })
  await paid(finance.page, a.id, 'paid')

  const o = office.page
  await o.goto('/recoveries')
  await settled(o)
  await o.getByLabel('统一社会信用代码').fill(org)
  await o.getByRole('checkbox').first().check()
  await o.getByLabel('立案理由').fill('举报：模型未实际建设。')
  await o.getByRole('button', { name: '立案', exact: true }).click()
  await o.waitForURL(/\/recoveries\/rec/)
  await settled(o)
  const path = new URL(o.url()).pathname
  const choose = async (step) => {
    await o.getByRole('combobox', { name: '办理' }).click()
    await o.locator('.ant-select-item-option', { hasText: step }).click()
  }
  await choose('写明依据')
  await o.getByLabel('法律依据').fill('《财政违法行为处罚处分条例》第十四条')
  const pick = async (label, option) => {
    await o.getByLabel(label, { exact: true }).fill(option)
    await o.locator('.ant-select-item-option:visible', { hasText: option }).first().click()
  }
  await pick('文件', '产业园')
  await pick('条款', '24')
  await textbox(o, '理由').fill('立案时写明')
  await o.getByRole('button', { name: '写明依据' }).click()
  await o.getByText('只作参考，不是依据').waitFor()
  await o.locator('.prose', { hasText: '第十四条' }).waitFor()
  await choose('列入事实')
  await o.setInputFiles('input[type=file]', { name: '核查.csv', mimeType: 'text/csv', buffer: Buffer.from('项,数\n甲,1\n') })
  await o.getByRole('link', { name: '核查.csv' }).waitFor()
  await pick('该单位的事实', '已获支持')
  await o.keyboard.press('Escape')
  await textbox(o, '理由').fill('拨付记录')
  await o.getByRole('button', { name: '列入事实' }).click()
  await o.locator('.lacks a', { hasText: '已获支持' }).waitFor()
  await choose('确认查实')
  await textbox(o, '查明').fill('现场无服务器。')
  await o.getByRole('button', { name: '确认查实' }).click()
  await textbox(o, '告知').fill('拟追回全部资金，并列入名单。')
  await o.getByText('待本地区法制机构确认').waitFor()
  await picture(o, 'recovery-notify')
  await o.getByLabel('可能列入暂停申报名单').check()
  await o.getByRole('button', { name: '发出告知' }).click()
  await o.getByText('告知中').first().waitFor()

  const f = firm.page
  await f.goto(path)
  await settled(f)
  await picture(f, 'recovery-party-390')
  assert.equal(await f.getByText('举报').count(), 0, 'the party does not see the inquiry')
  await f.getByLabel('您的陈述、申辩').fill('服务器在异地机房。')
  await f.setInputFiles('input[type=file]', { name: '机房合同.csv', mimeType: 'text/csv', buffer: Buffer.from('项,数\n乙,1\n') })
  await f.getByRole('link', { name: '机房合同.csv' }).waitFor()
  assert.equal(await f.getByLabel('您的陈述、申辩').inputValue(), '服务器在异地机房。', 'what was typed stays while a paper is added')
  await f.getByRole('button', { name: '提交陈述' }).click()
  await f.locator('.prose', { hasText: '异地机房' }).waitFor()

  await o.goto(path)
  await settled(o)
  await textbox(o, '听取意见的处理').fill('未提供证明，不予采纳。')
  await o.getByRole('button', { name: '结束听取' }).click()
  await o.getByLabel('到期日 1').fill('2025-12-31')
  await o.getByLabel('暂停申报截止日').fill('2027-10-21')
  await textbox(o, '理由').fill('骗取资金，全部追回。')
  await o.getByRole('button', { name: '提交决定' }).click()
  await o.getByText('待确认').first().waitFor()

  const second = finance.page
  await second.goto(path)
  await settled(second)
  await textbox(second, '理由').fill('复核无误')
  await second.getByRole('button', { name: '确认', exact: true }).click()
  await second.getByRole('button', { name: '登记到账' }).waitFor()
  await textbox(second, '金额（元）').fill('1000000.01')
  await second.getByLabel('到账日').fill('2025-10-22')
  await textbox(second, '银行流水号').fill('ICBC 2025 0001')
  await second.getByRole('button', { name: '登记到账' }).click()
  await second.getByText('已入账').first().waitFor()
  await settled(second)
  assert.match(await second.locator('.recovery-figures').innerText(), /1,000,000\.01[\s\S]*3,687,593\.62/) // of 4,687,593.63
  assert.deepEqual(await accessFaults(second), [])
  await picture(second, 'recovery-1440')

  const refused = await f.evaluate(async (url) => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ measure: '002-6', object: '' }) })).json(), `/api/v1/organisations/${org}/applications`)
  assert.match(JSON.stringify(refused), /2027-10-21/)
  // The office issues the letter once; the party downloads it.
  await o.goto(path)
  await settled(o)
  await o.getByRole('button', { name: '出具决定书' }).click()
  await o.getByRole('link', { name: /^ZC-2025-\d+-决\.pdf$/ }).waitFor()
  assert.equal(await o.getByRole('button', { name: '出具决定书' }).count(), 0)
  await settled(o)
  assert.deepEqual(await accessFaults(o), [])
  await picture(o, 'recovery-letter-1440')
  await f.goto(path)
  await settled(f)
  const download = f.waitForEvent('download')
  await f.getByRole('link', { name: /-决\.pdf$/ }).click()
  assert.match((await download).suggestedFilename(), /^ZC-2025-\d+-决\.pdf$/)
  await picture(f, 'recovery-letter-390')

  for (const address of ['/recoveries', path, '/exclusions']) {
    await f.goto(address)
    await settled(f)
    assert.equal(await overflow(f), 0, `${address} on a phone`)
  }
  for (const person of [office, finance, firm]) {
    assert.deepEqual(person.faults, [])
    await person.close()
  }
})
