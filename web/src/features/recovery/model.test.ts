import { describe, expect, it } from 'vitest'
import { daysBetween, interestOn, stepsOf } from './model'

const blank = { remission: null, receipts: [], decision: null }

describe('interest', () => {
  it('agrees with the server to the fen', () => {
    expect(interestOn('10000000', '0.0345', '2024-10-22', '2025-10-22')).toBe('345000')
    expect(interestOn('10000000', '0.0345', '2023-10-22', '2024-10-22')).toBe('345945')
    expect(interestOn('30000001', '0.0345', '2025-09-01', '2025-10-22')).toBe('144616')
    expect(interestOn('30000001', '', '', '')).toBe('0')
    expect(interestOn('30000001', '3,45', '2025-09-01', '2025-10-22')).toBeNull()
  })
  it('counts days by the calendar', () => {
    expect(daysBetween('2025-10-21', '2025-10-22')).toBe(1)
    expect(daysBetween('2025-10-22', '2025-10-21')).toBe(0)
    expect(daysBetween('', '2025-10-21')).toBe(0)
  })
})

describe('steps', () => {
  it('shows each role its own, and no confirmation where nothing waits for one', () => {
    const can = ['confirm', 'plan', 'receive', 'remit', 'reverse', 'revoke', 'send_back']
    expect(stepsOf('finance', { ...blank, can, state: 'recovering' } as never)).toEqual(['receive', 'revoke'])
    expect(stepsOf('finance', { ...blank, can: ['confirm', 'send_back'], state: 'decided' } as never)).toEqual(['confirm', 'send_back'])
    expect(stepsOf('office', { ...blank, can: ['notify', 'cite', 'drop', 'confirm'], state: 'proven' } as never)).toEqual(['notify', 'cite', 'drop'])
    expect(stepsOf('auditor', { ...blank, can, state: 'recovering' } as never)).toEqual([])
  })
})
