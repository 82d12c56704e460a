// Ways in: the first administrator, a passkey, the keyboard, a person with two roles.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { picture, settled, signIn, sit, startBrowser, startProgram } from './harness.mjs'

let browser, sandbox
before(async () => {
  browser = await startBrowser()
  sandbox = await startProgram()
})
after(async () => {
  await browser?.close()
  await sandbox?.stop()
})

test('a fresh installation is set up with the token that the server printed', async () => {
  const fresh = await startProgram({ sandbox: false })
  const admin = await sit(browser, fresh.address)
  try {
    await admin.page.goto('/')
    await admin.page.waitForURL(/\/setup/)
    await picture(admin.page, 'setup')
    const token = /([a-z0-9]{20,})/.exec(fresh.output().replace(/https?:\S+/g, ''))?.[1]
    assert.ok(token, `a token in: ${fresh.output()}`)
    await admin.page.getByLabel('一次性口令').fill(token)
    await admin.page.getByLabel('姓名').fill('管理员')
    await admin.page.getByLabel('登录名').fill('root')
    await admin.page.getByLabel('新密码').fill('短')
    await admin.page.getByRole('button', { name: '初次设置' }).click()
    await admin.page.locator('.field .bad').first().waitFor()
    await admin.page.getByLabel('新密码').fill('correct horse battery staple')
    await admin.page.getByRole('button', { name: '初次设置' }).click()
    await admin.page.waitForURL(/\/people/)
    await settled(admin.page)
    assert.deepEqual(admin.faults, [])
  } finally {
    await admin.close()
    await fresh.stop()
  }
})

test('a passkey is added and then signs in without a password', async () => {
  const office = await sit(browser, sandbox.address)
  const devtools = await office.page.context().newCDPSession(office.page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
  await signIn(office.page, 'office')
  await office.page.goto('/account')
  await office.page.getByLabel('给这把钥匙起个名').fill('办公室电脑')
  await office.page.getByRole('button', { name: '添加通行密钥' }).click()
  await office.page.getByText('已添加，下次登录可用。').waitFor()
  await office.page.locator('.role-box').click()
  await office.page.getByText('退出', { exact: true }).click()
  await office.page.waitForURL(/\/sign-in/)
  await office.page.getByRole('button', { name: '用通行密钥' }).click()
  await office.page.waitForURL(/\/today/)
  assert.deepEqual(office.faults, [])
  await office.close()
})

test('a person with two roles switches, and the page is the other role’s', async () => {
  const admin = await sit(browser, sandbox.address)
  await signIn(admin.page, 'admin')
  const given = await admin.page.evaluate(async () => {
    const people = await fetch('/api/v1/people?q=auditor').then((r) => r.json())
    const body = JSON.stringify({ role: 'reviewer' })
    return (await fetch(`/api/v1/people/${people.items[0].id}/memberships`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).status
  })
  assert.equal(given, 201)
  const auditor = await sit(browser, sandbox.address)
  await signIn(auditor.page, 'auditor')
  await auditor.page.locator('.role-box').click()
  await auditor.page.getByRole('menuitem', { name: '评审专家' }).click()
  await auditor.page.locator('.role-box', { hasText: '评审专家' }).waitFor()
  assert.deepEqual(auditor.faults, [])
  await admin.close()
  await auditor.close()
})

test('the keyboard alone: skip link, search, the inbox', async () => {
  const office = await sit(browser, sandbox.address, { lang: 'en' })
  await signIn(office.page, 'office')
  await settled(office.page)
  await office.page.reload()
  await settled(office.page)
  await office.page.keyboard.press('Tab')
  assert.equal(await office.page.evaluate(() => document.activeElement.className), 'skip-link')
  await office.page.keyboard.press('/')
  assert.equal(await office.page.evaluate(() => document.activeElement.type), 'search')
  await office.page.keyboard.press('Escape')
  await office.page.evaluate(() => document.activeElement.blur())
  await office.page.keyboard.press('j')
  await office.page.keyboard.press('j')
  const second = await office.page.locator('[data-walk]').nth(1).getAttribute('href')
  await office.page.keyboard.press('Enter')
  await office.page.waitForURL((url) => url.pathname === second)
  await office.page.goto('/search?q=备案')
  await settled(office.page)
  assert.ok((await office.page.locator('.hits li').count()) > 0, 'two characters find clauses')
  assert.deepEqual(office.faults, [])
  await office.close()
})

test('whoever opens a deep link signs in first and then arrives there', async () => {
  const firm = await sit(browser, sandbox.address)
  await firm.page.goto('/facts')
  await firm.page.waitForURL(/\/sign-in\?next=%2Ffacts/)
  await firm.page.getByLabel('登录名').fill('firm')
  await firm.page.getByLabel('密码', { exact: true }).fill('wrong')
  await firm.page.getByRole('button', { name: '登录', exact: true }).click()
  await firm.page.getByRole('alert').waitFor()
  await firm.page.getByLabel('密码', { exact: true }).fill('demo-2025-qianmo')
  await firm.page.getByRole('button', { name: '登录', exact: true }).click()
  await firm.page.waitForURL(/\/facts$/)
  await firm.close()
})
