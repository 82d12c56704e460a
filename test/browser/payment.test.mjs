// From orders to the bank and back: one person makes the file, another lets it
// go; of the return the good lines are posted and the bad ones listed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

const csv = (name, rows) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`指令号,金额,结果,银行流水号,日期,原因\n${rows.join('\n')}\n`) })
const yuan = (fen) => `${fen.slice(0, -2)}.${fen.slice(-2)}`

test('a bank file is made, released by another, answered, and only good lines are posted', async () => {
  const finance = await sit(browser, program.address)
  const cashier = await sit(browser, program.address)
  await signIn(finance.page, 'finance')
  const read = (path) => finance.page.evaluate((p) => fetch(`/api/v1${p}`).then((r) => r.json()), path)
  const waiting = (await read('/payment/orders?state=waiting&purse=city-520100')).items
  const failed = (await read('/payment/orders?state=failed')).items[0]
  assert.ok(waiting.length >= 2, 'the sandbox has orders that wait in the city')

  await finance.page.goto('/payment')
  await settled(finance.page)
  await finance.page.getByRole('button', { name: '生成付款文件 贵阳市财政局' }).click()
  const made = finance.page.locator('#files tr', { hasText: '待放行' })
  await made.waitFor()
  assert.equal(await made.getByRole('button', { name: /^放行/ }).count(), 0, 'the maker has no button to release')

  await signIn(cashier.page, 'cashier')
  await cashier.page.goto('/payment')
  await settled(cashier.page)
  await cashier.page.getByRole('button', { name: /^放行 FK/ }).click()
  const deed = cashier.page.locator('.deed')
  assert.equal(await deed.getByRole('button', { name: '放行', exact: true }).isDisabled(), true, 'a reason comes first')
  await deed.getByRole('textbox', { name: '说明' }).fill('金额、户名核对无误')
  await deed.getByRole('button', { name: '放行', exact: true }).click()
  await deed.waitFor({ state: 'detached' })
  await settled(cashier.page)
  const download = cashier.page.waitForEvent('download')
  await cashier.page.getByRole('link', { name: /^下载 FK/ }).first().click()
  assert.match((await download).suggestedFilename(), /^FK-2025-\d{4}\.csv$/)

  const line = (o, i, day) => `${o.number},${yuan(o.amount_fen)},成功,B${i},${day},`
  const [later, ...now] = waiting // the bank paid one on the day after: our clock is behind
  const good = now.map((o, i) => line(o, i, '2025-10-22'))
  const file = csv('回单.csv', [...good, line(later, 8, '2025-10-23'), 'ZF-2025-9999,5.00,成功,B9,2025-10-22,', `${failed.number},1.00,成功,B10,2025-10-22,`, `${failed.number},¥3,好,,昨天,`])
  await finance.page.goto('/payment')
  await settled(finance.page)
  await finance.page.locator('input[type=file]').setInputFiles(file)
  await finance.page.waitForURL(/\/payment\/returns\//)
  await settled(finance.page)
  for (const words of ['没有指令 ZF-2025-9999', '若是服务器时钟慢了', '不是这份回单的付款方', '第 2 列“金额”']) await finance.page.getByText(words).waitFor()
  assert.equal((await read('/payment/orders?state=paid&purse=city-520100')).items.some((o) => o.id === waiting[0].id), false, 'a preview posts nothing')
  await picture(finance.page, 'payment-preview')
  await finance.page.getByRole('button', { name: `入账 ${good.length} 行` }).click()
  await finance.page.getByText('已入账：').waitFor()
  const paid = (await read('/payment/orders?state=paid&purse=city-520100')).items
  for (const o of now) assert.ok(paid.some((p) => p.id === o.id), `${o.number} is paid`)

  await finance.page.goto('/payment')
  await settled(finance.page)
  await finance.page.locator('input[type=file]').setInputFiles(file)
  await finance.page.getByText('这份文件导入过，没有重复入账。').waitFor()
  await finance.page.getByText('时钟校准后把同一份文件再上传一次').waitFor()
  await picture(finance.page, 'payment-clock-behind')

  // The clock is right again: the same file is judged anew, and what waited is posted once.
  const moved = await finance.page.evaluate(() => fetch('/api/v1/sandbox/date', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"day":"2025-10-23"}' }).then((r) => r.status))
  assert.ok(moved < 300, `the date did not move: ${moved}`)
  await finance.page.goto('/payment')
  await settled(finance.page)
  await finance.page.locator('input[type=file]').setInputFiles(file)
  await finance.page.getByRole('button', { name: '入账 1 行' }).click()
  await finance.page.getByText('已入账：').waitFor()
  assert.ok((await read('/payment/orders?state=paid&purse=city-520100')).items.some((o) => o.id === later.id), 'what waited for its day is paid')

  await finance.page.goto('/payment/unmatched')
  await settled(finance.page)
  const before = await finance.page.locator('tbody tr').count()
  await finance.page.getByRole('button', { name: /^写明处理/ }).first().click()
  await finance.page.locator('.deed').getByRole('textbox').fill('银行确认为他行款项，已退')
  await finance.page.getByRole('button', { name: '记下处理结果' }).click()
  await finance.page.locator('.deed').waitFor({ state: 'detached' })
  await settled(finance.page)
  assert.equal(await finance.page.locator('tbody tr').count(), before - 1)
  for (const person of [finance, cashier]) {
    assert.deepEqual(person.faults, [])
    await person.close()
  }
})
