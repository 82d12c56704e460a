import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { FixedSession } from '@/features/session/session'
import type { Session } from '@/features/session/model'
import { Stage } from '@/stories/Stage'
import { Bell } from './Bell'
import MessagesPage from './MessagesPage'

const AS_OF = '2025-10-22T09:00:00.123456+08:00'

const row = (id: string, read: string | null) => ({
  id,
  topic: 'application.returned',
  title: { zh: `申报 ${id} 退回补正`, en: `Application ${id} was returned` },
  body: { zh: '请补充合同首页。', en: 'Add the first page of the contract.' },
  link: `/applications/${id}`,
  about: { kind: 'application', id },
  org: '',
  at: AS_OF,
  posted: AS_OF,
  read,
  email: { state: 'skipped', reason: 'no_address', at: null, digest: false },
})

/** A server with two messages, the first unread until it is marked. */
function server(status = 200) {
  const writes: { url: string; body: unknown }[] = []
  let unread = 1
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    const path = url.pathname.replace('/api/v1', '')
    if (request.method === 'PUT') {
      writes.push({ url: path, body: JSON.parse(await request.text()) })
      unread = 0
      return new Response(null, { status: 204 })
    }
    const found = url.searchParams.get('q') === 'zzz' ? [] : [row('A1', unread > 0 ? null : AS_OF), row('A2', AS_OF)]
    const topics = [{ topic: 'application.returned', name: { zh: '申报退回补正', en: 'Returned' }, all: 2, unread }]
    const body = path === '/messages/counts' ? { all: 2, unread, topics, as_of: AS_OF } : { items: found, next: '' }
    return new Response(JSON.stringify(status === 200 ? body : { code: 'unavailable', status }), { status, headers: { 'Content-Type': 'application/json' } })
  })
  return writes
}

function Inbox() {
  return (
    <FixedSession session={{ active: { id: 'm', role: 'org_manager', org: null } } as unknown as Session}>
      <Bell />
      <MessagesPage />
    </FixedSession>
  )
}

afterEach(() => vi.unstubAllGlobals())

it('counts the same in the bell and on the page, and both move on when one is read', async () => {
  const writes = server()
  render(<Stage><Inbox /></Stage>)
  expect(await screen.findByRole('link', { name: '消息，1 条未读' }, { timeout: 8000 })).toBeTruthy()
  expect(screen.getByText((_, el) => el?.tagName === 'P' && el.textContent === '1 条未读。')).toBeTruthy()
  await userEvent.click(await screen.findByRole('button', { name: '标为已读 申报 A1 退回补正' }))
  await waitFor(() => expect(screen.getByText('没有未读消息。')).toBeTruthy())
  expect(writes).toEqual([{ url: '/messages/A1/read', body: { read: true } }])
  expect(screen.getByRole('link', { name: '消息' })).toBeTruthy()
}, 20_000)

it('marks all that was counted, and nothing that came later', async () => {
  const writes = server()
  render(<Stage><Inbox /></Stage>)
  const all = await screen.findByRole('button', { name: '全部标为已读' })
  await waitFor(() => expect((all as HTMLButtonElement).disabled).toBe(false))
  await userEvent.click(all)
  await waitFor(() => expect(writes).toEqual([{ url: '/messages/read', body: { through: AS_OF } }]))
})

it('has read what it follows', async () => {
  const writes = server()
  render(<Stage><Inbox /></Stage>)
  const link = await screen.findByRole('link', { name: '申报 A1 退回补正' })
  expect(link.getAttribute('href')).toBe('/applications/A1')
  await userEvent.click(link)
  await waitFor(() => expect(writes).toHaveLength(1))
  await userEvent.click(within(screen.getByRole('list')).getByRole('link', { name: '申报 A2 退回补正' }))
  expect(writes).toHaveLength(1)
})

it('says that the server is away', async () => {
  server(503)
  render(<Stage><Inbox /></Stage>)
  expect((await screen.findAllByRole('alert', {}, { timeout: 8000 })).length).toBeGreaterThan(0)
}, 10_000)
