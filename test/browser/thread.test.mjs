// The thread of the product, walked by four people in two languages: what can
// I get, apply, decide, countersign and pay, and prove it in one's own browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { picture, REPORT, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

const WORDS = {
  zh: {
    measure: '研发训练补助',
    amount: '¥4,687,593.63',
    halves: ['¥2,343,796.81', '¥2,343,796.82'],
    start: '开始申报',
    statement: '申报说明',
    saved: /已保存/,
    upload: '上传',
    submit: '提交申报',
    submitted: '等经办决定',
    verify: '在本机校验',
    same: '刚在本机重算：一致',
    opinion: '决定意见',
    refuse: '不予支持',
    reason: '退回或不予支持，要写明理由。',
    approve: '同意，送复核',
    held: '等复核',
    countersign: '复核同意，付款',
    paid: '已付',
    kinds: ['占用', '付'],
    paidFact: '已获支持',
    content: '内容与摘要',
    recompute: '复算账本',
    sound: /全部 [\d,]+ 条分录相符/,
  },
  en: {
    measure: 'Support for model training',
    amount: '¥4,687,593.63',
    halves: ['¥2,343,796.81', '¥2,343,796.82'],
    start: 'Apply',
    statement: 'Statement',
    saved: /Saved \d/,
    upload: 'Upload',
    submit: 'Submit application',
    submitted: 'To be decided',
    verify: 'Verify in this browser',
    same: 'Just recomputed here: identical',
    opinion: 'Opinion',
    refuse: 'Do not support',
    reason: 'A return or a refusal needs a reason.',
    approve: 'Approve, send to countersign',
    held: 'To countersign',
    countersign: 'Countersign and pay',
    paid: 'Paid',
    kinds: ['Hold', 'Post'],
    paidFact: 'Support paid',
    content: 'Content against digest',
    recompute: 'Recompute the books',
    sound: /All [\d,]+ entries add up/,
  },
}

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser?.close())

for (const lang of ['zh', 'en']) {
  test(`a grant from the first look to the proven payment (${lang})`, async (t) => {
    const program = await startProgram() // its own: a matter is applied for once
    t.after(() => program.stop())
    const w = WORDS[lang]
    const firm = await sit(browser, program.address, { lang })
    const office = await sit(browser, program.address, { lang })
    const finance = await sit(browser, program.address, { lang })

    // The firm sees what it can get, and why, and applies.
    await signIn(firm.page, 'firm')
    await firm.page.goto('/match')
    const row = firm.page.locator('#eligible .match', { hasText: w.measure })
    await row.waitFor()
    assert.match(await row.innerText(), new RegExp(w.amount.replace(/[.¥]/g, '\\$&')))
    await row.locator('.match-name').click()
    assert.ok((await firm.page.locator('.reasons > li').count()) >= 4, 'the reasons stand at the side')
    await row.getByRole('button', { name: w.start }).click()
    await firm.page.waitForURL(/\/applications\/app/)
    const path = new URL(firm.page.url()).pathname

    // The form is prefilled from facts; the firm adds its words and a file.
    await firm.page.locator('dl .form-row a[href^="/evidence/facts/"]').first().waitFor()
    await firm.page.getByLabel(w.statement).fill(lang === 'zh' ? '模型已上线，材料齐全。' : 'The platform serves local firms.')
    await firm.page.getByText(w.saved).waitFor()
    await firm.page.locator('input[type=file]').setInputFiles(REPORT)
    await firm.page.getByRole('link', { name: REPORT.name }).waitFor()
    await picture(firm.page, `form-${lang}`)
    await firm.page.getByRole('button', { name: w.submit }).click()
    await firm.page.locator('.chip', { hasText: w.submitted }).waitFor()

    // The office reads the calculation, recomputes the facts here, and decides.
    await signIn(office.page, 'office')
    await office.page.goto(path)
    await office.page.locator('.trace').waitFor()
    assert.equal(await office.page.locator('.step-result .step-sum').innerText(), w.amount)
    assert.deepEqual(await office.page.locator('.split-sum').allInnerTexts(), w.halves)
    await office.page.getByRole('button', { name: w.verify }).click()
    await office.page.getByText(w.same).waitFor()
    await picture(office.page, `decision-${lang}`)
    await office.page.getByRole('button', { name: w.refuse }).click()
    await office.page.getByText(w.reason).waitFor()
    await office.page.getByRole('textbox', { name: w.opinion }).fill(lang === 'zh' ? '材料齐全，同意按试算金额支持。' : 'Complete; support as calculated.')
    await office.page.getByRole('button', { name: w.approve }).click()
    await office.page.locator('.chip', { hasText: w.held }).waitFor()
    assert.equal(await office.page.getByRole('button', { name: w.countersign }).count(), 0, 'who decided does not countersign')

    // Another person countersigns; both halves are paid.
    await signIn(finance.page, 'finance')
    await finance.page.goto('/today')
    await settled(finance.page)
    await finance.page.goto(path)
    await finance.page.getByRole('textbox', { name: w.opinion }).fill(lang === 'zh' ? '同意。' : 'Agreed.')
    await finance.page.getByRole('button', { name: w.countersign }).click()
    await finance.page.locator('.page-sentence .chip', { hasText: w.paid }).waitFor()
    await picture(finance.page, `paid-${lang}`)

    // The books recompute, and the firm proves the payment's fact in its own browser.
    await finance.page.goto('/ledger')
    await finance.page.getByRole('button', { name: w.recompute }).click()
    await finance.page.getByText(w.sound).waitFor()
    await finance.page.locator('.ledger-columns table').last().getByRole('link', { name: w.kinds[1], exact: true }).first().click()
    await finance.page.waitForURL(/\/ledger\/transfers\//)
    await finance.page.locator('tr.selected').waitFor()
    await picture(finance.page, `transfer-${lang}`)
    await firm.page.goto('/facts')
    await firm.page.locator('tr', { hasText: w.paidFact }).first().getByRole('link').click()
    await firm.page.getByRole('button', { name: w.verify }).click()
    const steps = firm.page.locator('.verdict li')
    await steps.filter({ hasText: w.content }).waitFor()
    const verdicts = await steps.locator('b').allInnerTexts()
    assert.deepEqual(new Set(verdicts), new Set([lang === 'zh' ? '一致' : 'identical']))
    await picture(firm.page, `proof-${lang}`)

    for (const person of [firm, office, finance]) {
      assert.deepEqual(person.faults, [])
      await person.close()
    }
  })
}
