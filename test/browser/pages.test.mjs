// Every page of every role, in both languages and on both screens: one h1, no
// sideways scrolling, no serious finding of axe, no fault of script or server.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessFaults, DESKTOP, oneHeading, overflow, PHONE, picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let program, browser, places
before(async () => {
  program = await startProgram()
  browser = await startBrowser()
  places = await findPlaces()
})
after(async () => {
  await browser?.close()
  await program?.stop()
})

/** Addresses of real things in the sandbox. */
async function findPlaces() {
  const office = await sit(browser, program.address)
  await signIn(office.page, 'office')
  const read = (path) => office.page.evaluate((p) => fetch(`/api/v1${p}`).then((r) => r.json()), path)
  const submitted = (await read('/applications?state=submitted')).items[0]
  const paid = (await read('/applications?state=paid')).items[0]
  const org = (await read('/organisations?limit=1')).items[0]
  const fact = (await read(`/organisations/${org.code}/facts?limit=1`)).items[0]
  const transfer = (await read('/ledger/transfers?limit=1')).items[0]
  const order = (await read('/payment/orders?state=failed')).items[0]
  const bankReturn = (await read('/payment/returns')).items[0]
  const report = (await read('/performance/reports?state=accepted')).items[0]
  const panel = (await read('/panels?state=closed')).items[0]
  await office.close()
  const reviewer = await sit(browser, program.address)
  await signIn(reviewer.page, 'reviewer')
  const drawn = (await reviewer.page.evaluate(() => fetch('/api/v1/reviews').then((r) => r.json()))).items[0]
  await reviewer.close()
  return { submitted, paid, org, fact, transfer, panel, drawn, order, bankReturn, report }
}

const PAGES = {
  '': () => ['/sign-in', '/policy', '/targets', '/policy/questions', '/policy/documents/002', '/evidence', '/reset', '/enrol', '/nowhere'],
  firm: () => ['/today', '/match', '/applications', '/performance', '/facts', '/people', '/people?tab=payees', '/account', '/search?q=备案'],
  member: () => ['/today', '/match'],
  office: ({ submitted, fact, org, panel, report }) => ['/today', '/performance', `/performance/${report.id}`, '/targets?target=data-sets', '/tasks', '/tasks/001-1', '/figures/ai-core-industry?year=2025', '/applications', `/applications/${submitted.id}`, '/policy/documents/002?clause=二', '/whatif/002-6', '/ledger', `/evidence/facts/${fact.id}`, '/import', '/people', `/people?org=${org.code}`, '/people?tab=invitations', '/panels', `/panels/${panel.id}`, `/applications/${panel.cases[0].id}`, '/experts', '/declarations'],
  finance: ({ paid, transfer, order, bankReturn }) => ['/today', `/applications/${paid.id}`, '/ledger', `/ledger/transfers/${encodeURIComponent(transfer.id)}`, '/payment', '/payment/orders', `/payment/orders/${order.id}`, `/payment/returns/${bankReturn.id}`, '/payment/unmatched', `/applications/${order.case}`],
  auditor: () => ['/alarms', '/applications', '/people?tab=audit', '/evidence'],
  admin: () => ['/people', '/ledger'],
  reviewer: ({ drawn }) => ['/today', '/review', `/review/${drawn.id}`, '/declarations'],
  operator: () => ['/today'],
}

for (const [login, pages] of Object.entries(PAGES)) {
  for (const lang of ['zh', 'en']) {
    for (const [screen, name] of [
      [DESKTOP, '1440'],
      [PHONE, '390'],
    ]) {
      test(`${login || 'a visitor'} in ${lang} at ${name}`, async () => {
        const person = await sit(browser, program.address, { lang, screen })
        if (login) await signIn(person.page, login)
        const wrong = []
        for (const path of pages(places)) {
          await person.page.goto(path)
          await settled(person.page)
          await oneHeading(person.page)
          const over = await overflow(person.page)
          if (over > 0) wrong.push(`${path} sticks out by ${over} px`)
          for (const fault of await accessFaults(person.page)) wrong.push(`${path} ${fault}`)
          await picture(person.page, `${login || 'visitor'}${decodeURIComponent(path).replace(/[^\p{L}\d]+/gu, '-').slice(0, 40)}-${lang}-${name}`)
        }
        assert.deepEqual(wrong, [])
        assert.deepEqual(person.faults, [])
        await person.close()
      })
    }
  }
}
