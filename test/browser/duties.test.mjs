// What else waits: each role finds on its first page what is to be done beside
// applications, with a way to it, and nothing that another person must do.
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

const TITLE = { zh: '其他待办', en: 'Also waiting' }
const card = (page, lang = 'zh') => page.locator('.card', { has: page.getByRole('heading', { name: TITLE[lang], exact: true }) })

/** Signs somebody in on their first page. */
async function at(login, options) {
  const person = await sit(browser, program.address, options)
  await signIn(person.page, login)
  await person.page.goto('/today')
  await settled(person.page)
  return person
}

/** Moves the sandbox's date on. */
async function moveTo(day) {
  const somebody = await at('operator')
  const status = await somebody.page.evaluate((d) => fetch('/api/v1/sandbox/date', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ day: d }) }).then((r) => r.status), day)
  assert.equal(status, 200)
  await somebody.close()
}

test('a budget order waits for the second person alone, who is told, confirms it, and has one thing less', async () => {
  const writer = await at('finance')
  assert.equal(await card(writer.page).getByRole('link', { name: '预算指标单：待复核' }).count(), 0, 'the writer may not confirm')
  await picture(writer.page, 'duties-finance')
  await writer.page.goto('/messages')
  await settled(writer.page)
  assert.equal(await writer.page.getByText(/指标单 .* 待复核/).count(), 0, 'the writer is not told of it')
  assert.deepEqual(writer.faults, [])
  await writer.close()

  const second = await at('cashier')
  const { page } = second
  const since = await card(page).locator('tbody tr td:nth-child(3) .num').evaluateAll((cells) => cells.map((c) => c.firstChild.textContent))
  assert.deepEqual(since, [...since].sort(), 'the oldest stands first')
  const row = card(page).locator('tbody tr', { hasText: '预算指标单：待复核' })
  assert.match(await row.innerText(), /2025-\d\d-\d\d/)
  const waiting = Number(await row.locator('td').nth(1).innerText())
  await page.goto('/messages')
  await settled(page)
  await page.getByText(/指标单 .* 待复核/).first().waitFor()
  await page.goto('/today')
  await settled(page)
  await row.getByRole('link').click()
  await page.waitForURL(/\/budgets\?state=proposed/)
  await settled(page)
  const orders = page.locator('tbody .row-name')
  assert.equal(await orders.count(), waiting, 'the link leads to as many as the card counts')
  await orders.first().click()
  await page.waitForURL(/\/budgets\/bdo/)
  await settled(page)
  const answer = await page.evaluate(async () => {
    const id = location.pathname.split('/').pop()
    const order = await fetch(`/api/v1/budget-orders/${id}`).then((r) => r.json())
    return order.allowed
  })
  assert.deepEqual(answer, ['confirm', 'refuse'])
  await page.getByRole('button', { name: '复核同意，记账' }).click()
  await page.getByText('已下达').first().waitFor()
  await page.goto('/today')
  await settled(page)
  assert.equal(await row.count(), waiting > 1 ? 1 : 0)
  assert.deepEqual(second.faults, [])
  await second.close()
})

test('every role reads its own, on a screen and on a phone, in both languages', async () => {
  for (const [login, lang, screen, name] of [
    ['office', 'zh', DESKTOP, 'duties-office'],
    ['office', 'zh', PHONE, 'duties-office-390'],
    ['cashier', 'en', DESKTOP, 'duties-cashier-en'],
    ['reviewer', 'zh', DESKTOP, 'duties-reviewer'],
    ['firm', 'zh', PHONE, 'duties-firm-390'], // whose vouchers end next month by then
  ]) {
    if (login === 'firm') await moveTo('2025-11-20')
    const person = await at(login, { lang, screen })
    const rows = card(person.page, lang).locator('tbody tr')
    assert.ok((await rows.count()) > 0, `${login} has something to do`)
    assert.equal(await overflow(person.page), 0, `${login} fits ${screen.width}`)
    assert.deepEqual(await accessFaults(person.page), [], login)
    await picture(person.page, name)
    const links = await rows.getByRole('link').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    for (const link of links) {
      await person.page.goto(link)
      await settled(person.page)
      assert.equal(await person.page.locator('.error-panel').count(), 0, `${login} may not open ${link}`)
      assert.equal(new URL(person.page.url()).pathname, link.split('?')[0])
    }
    assert.deepEqual(person.faults, [])
    await person.close()
  }
})

test('with nothing to do the card says so, and when it fails the inbox stays', async () => {
  const operator = await at('operator')
  await card(operator.page).getByText('没有其他待办').waitFor()
  await picture(operator.page, 'duties-empty')
  await operator.close()

  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  await office.page.route('**/api/v1/today/todos', (route) => route.abort())
  await office.page.goto('/today')
  await card(office.page).getByRole('alert').waitFor()
  assert.ok((await office.page.locator('[data-inbox] tbody tr').count()) > 0, 'the inbox stands without it')
  await picture(office.page, 'duties-failed')
  await office.page.unroute('**/api/v1/today/todos')
  await card(office.page).getByRole('button').click()
  await card(office.page).locator('tbody tr').first().waitFor()
  await office.close()
})
