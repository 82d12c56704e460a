import type { Schemas } from '@/api/client'
import type { Fen } from '@/money/fen'
import type { RoleName } from '@/features/session/model'

export type Row = Schemas['RecoveryRow']
export type Recovery = Schemas['RecoveryView']
export type Listing = Schemas['RecoveryListingView']
export type Proposal = Schemas['RecoveryProposalView']
export type Payment = Schemas['RecoveryPaymentView']
export type State = Row['state']
export type Ground = Row['ground']
export type Instalment = Schemas['RecoveryInstalment']

/** Steps that a person takes, by whose they are. The server has the last word; this chooses which forms a page shows. */
const STEPS = {
  office: ['prove', 'notify', 'hear', 'decide', 'cite', 'add', 'reschedule', 'remit', 'drop', 'reopen'],
  finance: ['confirm', 'send_back', 'receive', 'reverse', 'revoke'],
  org_manager: ['state'],
} as const

export type Step = (typeof STEPS)[keyof typeof STEPS][number]

/** What a role may do to a case now, the next thing first. */
export function stepsOf(role: RoleName | undefined, r: Pick<Recovery, 'can' | 'state' | 'remission' | 'receipts' | 'decision'>): Step[] {
  const mine: readonly Step[] = role === 'office' || role === 'finance' || role === 'org_manager' ? STEPS[role] : []
  const second = r.state === 'decided' || r.remission !== null
  return mine.filter((step) => {
    if (!r.can.includes(step)) return false
    if (step === 'confirm' || step === 'send_back') return second
    if (step === 'reverse') return r.receipts.some((one) => one.state === 'booked')
    return true
  })
}

const DAY = 86_400_000

/** Days between two dates as the calendar counts them; 0 when either is missing or they are out of order. */
export function daysBetween(from: string, to: string): number {
  const days = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY
  return Number.isFinite(days) && days > 0 ? Math.round(days) : 0
}

/** Simple interest as the server reckons it: floor(principal × rate × days / 365), exactly. Null for a rate that is none. */
export function interestOn(principal: Fen, rate: string, from: string, to: string): Fen | null {
  if (rate.trim() === '') return '0'
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(rate.trim())
  if (!match) return null
  const decimals = match[2] ?? ''
  const numerator = BigInt((match[1] ?? '0') + decimals)
  return String((BigInt(principal) * numerator * BigInt(daysBetween(from, to))) / (10n ** BigInt(decimals.length) * 365n))
}
