import './outcome.css'
import { useLang } from '@/i18n'

/** The outcomes of an assessment, in the order in which the first that applies wins. */
export const OUTCOMES = ['not_in_force', 'expired', 'not_eligible', 'lacking', 'simulation_only', 'undecided', 'eligible', 'not_payable'] as const
export type OutcomeName = (typeof OUTCOMES)[number]

/** Circle full, half, diamond, ring, dashed ring, struck ring: shape alone tells them apart. */
export function OutcomeShape({ outcome, size = 10 }: { outcome: OutcomeName; size?: number }) {
  return (
    <svg className={`outcome-shape outcome-${outcome}`} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {drawing(outcome)}
    </svg>
  )
}

function drawing(outcome: OutcomeName) {
  const ring = { cx: 6, cy: 6, r: 4.6, fill: 'none', stroke: 'currentColor', strokeWidth: 1.8 }
  switch (outcome) {
    case 'eligible':
      return <circle cx="6" cy="6" r="5.5" fill="currentColor" />
    case 'lacking':
      return (
        <>
          <circle {...ring} />
          <path d="M6 1.4a4.6 4.6 0 0 0 0 9.2z" fill="currentColor" />
        </>
      )
    case 'undecided':
      return <path d="M6 1.2 10.8 6 6 10.8 1.2 6z" fill="none" stroke="currentColor" strokeWidth="1.8" />
    case 'simulation_only':
      return <circle {...ring} strokeDasharray="1.8 1.5" />
    case 'expired':
    case 'not_in_force':
      return (
        <>
          <circle {...ring} />
          <path d="M3 9 9 3" stroke="currentColor" strokeWidth="1.6" />
        </>
      )
    case 'not_eligible':
    case 'not_payable':
      return <circle {...ring} />
  }
}

export function OutcomeChip({ outcome, text }: { outcome: OutcomeName; text?: string }) {
  const { d } = useLang()
  return (
    <span className={`chip chip-${outcome}`}>
      <OutcomeShape outcome={outcome} />
      {text ?? d.outcome[outcome]}
    </span>
  )
}
