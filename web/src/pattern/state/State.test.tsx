import { act, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { Stage } from '@/stories/Stage'
import { ErrorPanel, Loading } from './states'

afterEach(() => vi.useRealTimers())

it('shows nothing for 0.4 s, then bars', () => {
  vi.useFakeTimers()
  const { container } = render(<Stage><Loading /></Stage>)
  act(() => vi.advanceTimersByTime(399))
  expect(container.querySelectorAll('.shown')).toHaveLength(0)
  act(() => vi.advanceTimersByTime(1))
  expect(container.querySelectorAll('.shown')).toHaveLength(3)
})

it('says what happened, what did not change, each bad field, and what to quote', async () => {
  const retry = vi.fn()
  const problem = new Problem({ code: 'invalid', status: 422, detail: '两处有误。', request_id: 'req_1', errors: [{ path: 'fields.cost', message: '不是金额' }] })
  render(<Stage><ErrorPanel error={problem} onRetry={retry} /></Stage>)
  const panel = screen.getByRole('alert')
  expect(panel.textContent).toContain('填写有误')
  expect(panel.textContent).toContain('两处有误。 数据没有变动。')
  expect(panel.textContent).toContain('fields.cost 不是金额')
  expect(panel.textContent).toContain('req_1')
  await userEvent.click(screen.getByRole('button', { name: '重试' }))
  expect(retry).toHaveBeenCalledOnce()
})

it('turns a refusal into who may, and a dead network into plain words', () => {
  const { rerender } = render(<Stage lang="en"><ErrorPanel error={new Problem({ code: 'forbidden', detail: 'Only finance officers pay.' })} /></Stage>)
  expect(screen.getByText('Only finance officers pay.')).toBeTruthy()
  rerender(<Stage lang="en"><ErrorPanel error={new TypeError('Failed to fetch')} /></Stage>)
  expect(screen.getByText('Cannot reach the server')).toBeTruthy()
})

it('finds the message of one field', () => {
  expect(new Problem({ errors: [{ path: 'body.login', message: 'taken' }] }).of('login')).toBe('taken')
})
