// An allocation of many cases as an officer reads it: page by page, searched by
// number and by firm, narrowed to a reason; the sums stay over all of them.
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

const CASES = 120

test('the cases of an allocation come in pages', { timeout: 300_000 }, async () => {
  const seat = await sit(browser, program.address)
  const p = seat.page
  p.setDefaultTimeout(60_000)
  await signIn(p, 'office')
  await p.goto('/calls/new')
  await settled(p)
  await p.getByLabel('名称（中文）').fill('2025 年研发训练补助')
  await p.getByLabel('名称（英文）').fill('Model training 2025')
  await p.getByLabel('开始受理').fill('2025-10-22')
  await p.getByLabel('截止，含当日').fill('2025-10-31')
  await choose(p, p.getByRole('combobox', { name: '付款方式', exact: true }), '银行文件')
  await choose(p, p.getByRole('combobox', { name: '措施', exact: true }), '研发训练补助')
  await p.getByLabel('预算，元').fill('400,000')
  await p.getByLabel('统一分配').check()
  await choose(p, p.getByRole('combobox', { name: '钱不够时', exact: true }), '同比例下调')
  await p.getByRole('button', { name: '存为草稿' }).click()
  await p.waitForURL(/\/calls\/call_/)
  await settled(p)
  const call = new URL(p.url()).pathname
  await p.getByRole('button', { name: '开放申报' }).click()
  await p.getByLabel('件数').fill(String(CASES))
  await p.getByRole('button', { name: '开始申报' }).click()
  await p.getByText(`提交了 ${CASES} 件。`).waitFor()
  await p.getByRole('textbox', { name: '意见' }).first().fill('材料齐全')
  await p.getByRole('button', { name: '批量受理' }).click()
  await p.getByText(`受理了 ${CASES} 件。`).waitFor()
  await p.getByRole('button', { name: /^移动演示日期/ }).click()
  await p.getByLabel('移到哪一天').fill('2025-11-03')
  await p.getByRole('button', { name: '移到这一天' }).click()
  await p.getByLabel('移到哪一天').waitFor({ state: 'detached' })
  await p.goto(call)
  await settled(p)
  await p.getByRole('button', { name: '冻结并试算分配' }).click()
  await p.waitForURL(/\/allocations\//)
  await settled(p)

  const path = new URL(p.url()).pathname
  const rows = p.locator('.table tbody tr:not(.cut-line)')
  await p.getByText(`${CASES} 件申报`).first().waitFor() // the head counts all of them
  assert.equal(await rows.count(), 50)
  assert.equal(await p.locator('.cut-line').count(), 0, 'the line lies further down')
  assert.ok((await p.evaluate(() => document.documentElement.scrollHeight)) < 6000)
  assert.deepEqual(await accessFaults(p), [])
  await picture(p, 'allocation-1440')
  for (let shown = 100; shown <= CASES + 49; shown += 50) {
    await p.getByRole('button', { name: '再看一些' }).click()
    await p.waitForFunction((n) => document.querySelectorAll('.table tbody tr:not(.cut-line)').length === n, Math.min(shown, CASES))
  }
  await p.locator('.cut-line').waitFor()
  assert.equal(await p.getByRole('button', { name: '再看一些' }).count(), 0)
  const links = await rows.locator('a.row-name').allTextContents()
  assert.equal(new Set(links).size, CASES, 'every case stands there once')

  const [number] = links.slice(-1)
  const name = (await rows.last().locator('.main .note').innerText()).trim()
  const search = p.getByRole('searchbox', { name: '编号、单位名称或代码' })
  for (const words of [number, name]) {
    await search.fill(words)
    await search.press('Enter')
    await p.getByRole('link', { name: number, exact: true }).waitFor()
    await p.waitForFunction((most) => document.querySelectorAll('.table tbody tr:not(.cut-line)').length < most, 50)
    assert.match(await p.locator('h1 ~ *, .page-head').first().evaluate(() => document.body.innerText), new RegExp(`${CASES} 件申报`))
  }
  await search.fill('查无此件')
  await search.press('Enter')
  await p.getByText('没有符合条件的申报').waitFor()
  await picture(p, 'allocation-none-1440')
  await p.getByRole('link', { name: '清除筛选' }).click()
  await rows.nth(49).waitFor()
  await choose(p, p.getByRole('combobox', { name: '结果', exact: true }), /^入选/)
  await p.waitForURL(/fate=awarded/)
  await settled(p)
  assert.equal(await p.locator('.below-cut').count(), 0)

  await p.setViewportSize(PHONE)
  await p.goto(path)
  await settled(p)
  assert.ok((await overflow(p)) <= 0)
  assert.deepEqual(await accessFaults(p), [])
  await picture(p, 'allocation-390')

  const auditor = await sit(browser, program.address, { lang: 'en' })
  await signIn(auditor.page, 'auditor')
  await auditor.page.goto(path)
  await settled(auditor.page)
  await picture(auditor.page, 'allocation-en-1440')
  const digest = await auditor.page.evaluate(async (id) => {
    const bytes = await fetch(`/api/v1${id}/result`).then((r) => r.arrayBuffer())
    const sum = await crypto.subtle.digest('SHA-256', bytes)
    return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, '0')).join('')
  }, path)
  await auditor.page.getByText(digest, { exact: true }).waitFor() // the file is what the digest speaks of
  await auditor.page.getByRole('button', { name: 'Run again and compare' }).click()
  await auditor.page.getByText('Identical, byte by byte.').waitFor()
  assert.deepEqual([...seat.faults, ...auditor.faults], [])
})
