import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import type { Session } from '@/features/session/model'
import { FixedSession } from '@/features/session/session'
import { Stage } from '@/stories/Stage'
import ScorePage from './ScorePage'

const own = { id: '', final: false, marks: [], total: '0', comment: '', corrects: '', revision: 0, saved_at: null, submitted_at: null }
const review = {
  id: 'app_1', number: 'QM-2025-0001', panel: '一组', panel_state: 'scoring', measure: '002-3', measure_name: { zh: '示范', en: 'Scene' }, object: '场景', year: 2025, blind: true, org_name: '', state: 'waiting', total: '0', most: '100',
  statement: '上线', facts: [], files: [], earlier: [], result: null, own,
  sheet: { id: 's', version: 1, example: true, name: { zh: '表', en: 'Sheet' }, measures: ['002-3'], criteria: [
    { id: 'effect', name: { zh: '成效', en: 'Effect' }, most: '60', anchors: [] },
    { id: 'spread', name: { zh: '推广', en: 'Spread' }, most: '40', anchors: [] },
  ] },
}

interface Call {
  method: string
  path: string
  body: { revision: number; marks: { criterion: string; points: string }[]; comment: string }
}

/** A server that keeps drafts, or refuses them. */
function server(refuse = false) {
  const calls: Call[] = []
  let revision = 0
  vi.stubGlobal('fetch', async (input: URL | Request, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(input, init)
    const path = new URL(request.url).pathname
    const send = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
    if (path.endsWith('/fact-kinds')) return send({ kinds: [] })
    if (request.method === 'GET') return send(review)
    calls.push({ method: request.method, path, body: JSON.parse(await request.text()) as Call['body'] })
    if (refuse) return send({ code: 'conflict', status: 409, detail: '这份草稿在别处保存过' }, 409)
    revision++
    return send({ ...own, id: 'score_1', revision, saved_at: '2025-10-22T09:00:00+08:00', final: request.method === 'POST' })
  })
  return calls
}

function open() {
  render(
    <Stage>
      <FixedSession session={{ person: { id: 'p', name: '林远舟' } } as Session}>
        <ScorePage />
      </FixedSession>
    </Stage>,
  )
}

afterEach(() => {
  vi.unstubAllGlobals()
  sessionStorage.clear()
})

it('saves as one types, sends no mark that is none, and submits what is whole with the revision it saved', async () => {
  const calls = server()
  open()
  const submit = await screen.findByRole('button', { name: '提交评分（不可再改）' })
  await userEvent.type(screen.getByLabelText('成效'), '60.5')
  expect(screen.getByText('写 0 到 60 之间、至多两位小数的数')).toBeTruthy()
  await userEvent.clear(screen.getByLabelText('成效'))
  await userEvent.type(screen.getByLabelText('成效'), '50.5')
  await userEvent.type(screen.getByLabelText('推广'), '30')
  expect(submit).toHaveProperty('disabled', true) // a comment is due
  await userEvent.type(screen.getByLabelText('评语'), '可行')
  expect(screen.getByText('80.5 / 100 分')).toBeTruthy()
  await waitFor(() => expect(calls.some((c) => c.method === 'PUT' && c.body.comment === '可行')).toBe(true), { timeout: 3000 })
  await userEvent.click(submit)
  await waitFor(() => expect(calls.at(-1)?.method).toBe('POST'))
  const saves = calls.filter((c) => c.method === 'PUT')
  for (const call of saves) for (const m of call.body.marks) expect(Number(m.points)).toBeLessThanOrEqual(60)
  expect(calls.at(-1)?.body).toEqual({ revision: saves.length, marks: [{ criterion: 'effect', points: '50.5' }, { criterion: 'spread', points: '30' }], comment: '可行' })
})

it('keeps what was typed when the draft was saved elsewhere', async () => {
  server(true)
  open()
  await userEvent.type(await screen.findByLabelText('推广'), '12')
  expect(await screen.findByText('这份草稿在别处保存过', { exact: false }, { timeout: 3000 })).toBeTruthy()
  expect(screen.getByLabelText('推广')).toHaveProperty('value', '12')
})
