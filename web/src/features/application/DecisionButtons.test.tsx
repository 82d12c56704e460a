import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { FixedSession } from '@/features/session/session'
import type { Session } from '@/features/session/model'
import { Stage } from '@/stories/Stage'
import { DecisionButtons, useDecision } from './DecisionButtons'
import type { Application } from './model'

const application = { id: 'app_1', revision: 7, allowed: ['approve', 'return', 'refuse'] } as unknown as Application

function Desk(props: { blocked?: boolean; onAsk?: () => void }) {
  return (
    <FixedSession session={{ person: { id: 'person_1', name: '程向南' } } as Session}>
      <Buttons {...props} />
    </FixedSession>
  )
}

function Buttons({ blocked = false, onAsk = () => undefined }: { blocked?: boolean; onAsk?: () => void }) {
  const decision = useDecision(application, onAsk)
  return (
    <>
      <textarea aria-label="意见" value={decision.opinion} onChange={(e) => decision.setOpinion(e.target.value)} />
      <DecisionButtons decision={decision} blocked={blocked} />
    </>
  )
}

afterEach(() => {
  vi.unstubAllGlobals()
  sessionStorage.clear()
})

function server(status: number, body: unknown) {
  const calls: { url: string; body: unknown; key: string | null }[] = []
  vi.stubGlobal('fetch', async (input: URL | Request, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(input, init)
    calls.push({ url: new URL(request.url).pathname, body: JSON.parse((await request.text()) || 'null'), key: request.headers.get('Idempotency-Key') })
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
  })
  return calls
}

it('offers only what the server allows, each named by its effect', () => {
  render(<Stage><Desk /></Stage>)
  expect(screen.getAllByRole('button').map((b) => b.textContent)).toEqual(['不予支持', '退回补正', '同意，送复核'])
})

it('asks for a reason before a refusal, and sends nothing without one', async () => {
  const calls = server(200, {})
  const ask = vi.fn()
  render(<Stage><Desk onAsk={ask} /></Stage>)
  await userEvent.click(screen.getByRole('button', { name: '不予支持' }))
  expect(ask).toHaveBeenCalledOnce()
  expect(calls).toHaveLength(0)
})

it('sends the revision it saw and keeps one key while the same act is tried again', async () => {
  const calls = server(503, { code: 'unavailable', status: 503 })
  render(<Stage><Desk /></Stage>)
  await userEvent.click(screen.getByRole('button', { name: '同意，送复核' }))
  await userEvent.click(screen.getByRole('button', { name: '同意，送复核' }))
  expect(calls).toHaveLength(2)
  expect(calls[0]?.url).toBe('/api/v1/applications/app_1/approve')
  expect(calls[0]?.body).toEqual({ opinion: '', revision: 7 })
  expect(calls[1]?.key).toBe(calls[0]?.key)
})

it('switches the deciding buttons off when the proof differs or the calculation is stale', () => {
  render(<Stage><Desk blocked /></Stage>)
  expect(screen.getByRole('button', { name: '同意，送复核' })).toHaveProperty('disabled', true)
  expect(screen.getByRole('button', { name: '退回补正' })).toHaveProperty('disabled', false)
})

it('keeps a typed opinion for this person through a reload, until it is sent', async () => {
  server(200, {})
  const first = render(<Stage><Desk /></Stage>)
  await userEvent.type(screen.getByLabelText('意见'), '材料齐全')
  first.unmount()
  const second = render(<Stage><Desk /></Stage>)
  expect(screen.getByLabelText('意见')).toHaveProperty('value', '材料齐全')
  await userEvent.click(screen.getByRole('button', { name: '同意，送复核' }))
  await vi.waitFor(() => expect(screen.getByLabelText('意见')).toHaveProperty('value', ''))
  second.unmount()
  render(<Stage><Desk /></Stage>)
  expect(screen.getByLabelText('意见')).toHaveProperty('value', '')
})
