import './trace.css'
import { useState } from 'react'
import { Link } from 'react-router'
import { useLang, type Text } from '@/i18n'
import type { Fen } from '@/money/fen'
import { Money } from '../money/Money'
import { Basis, type BasisKind } from '../outcome/Basis'
import { ClauseRef, type Clause } from '../outcome/ClauseRef'
import type { Seal } from '../proof/ProofBadge'
import { Stamp } from '../proof/Stamp'

/** A fact under a step; it links to its proof and keeps its own amount beside it. */
export interface StepFact {
  id: string
  label: string
  amount_fen?: Fen | undefined
  seal?: Seal | undefined
}

export interface TraceStep {
  key: string
  kind: BasisKind
  clause?: Clause | undefined
  text: Text
  note?: Text | undefined
  /** Stands grey left of its result: −, × 30% ＝, 取小. */
  operator?: Text | undefined
  amount_fen?: Fen | undefined
  role: 'line' | 'subtotal' | 'result'
  /** Open or ruled question that the step rests on, such as A4. */
  question?: string | undefined
  /** A condition that does not hold. */
  failed?: boolean
  facts: StepFact[]
  /** Amount in capitals, under the result. */
  capitals?: string | undefined
}

/** The calculation as an accountant would write it: one row for each step the engine took, none merged. */
export function Trace({ steps, stale = false }: { steps: TraceStep[]; stale?: boolean }) {
  const { d } = useLang()
  return (
    <ol className={`trace${stale ? ' trace-stale' : ''}`} aria-label={d.trace.label}>
      {steps.map((step) => (
        <Row key={step.key} step={step} />
      ))}
    </ol>
  )
}

const SHOWN_OPEN = 3

function Row({ step }: { step: TraceStep }) {
  const { d, say } = useLang()
  const [open, setOpen] = useState(step.facts.length > 0 && step.facts.length <= SHOWN_OPEN && step.facts.some((f) => f.amount_fen))
  const seal = step.facts.length === 1 ? step.facts[0]?.seal : undefined
  return (
    <li className={`step step-${step.role}`}>
      <span className="step-clause">{step.clause && <ClauseRef clause={step.clause} />}</span>
      <Basis kind={step.kind} />
      <div className="step-text">
        {step.facts.length > 0 ? (
          <button type="button" className="step-open" aria-expanded={open} onClick={() => setOpen(!open)}>
            {say(step.text)}
            <span className="step-caret" aria-hidden="true">
              {open ? '▾' : '▸'}
            </span>
          </button>
        ) : (
          say(step.text)
        )}
        {step.failed && <span className="step-failed">{d.reason.no}</span>}
        {step.question && (
          <Link className="step-question" to={`/policy/questions#${step.question}`}>
            {d.trace.ruling} {step.question}
          </Link>
        )}
        {step.note && <div className="note">{say(step.note)}</div>}
        {step.capitals && <div className="note">{step.capitals}</div>}
      </div>
      <span className="step-amount">
        {step.operator && <span className="step-operator">{say(step.operator)}</span>}
        {step.amount_fen !== undefined && (
          <span className="step-sum">
            <Money fen={step.amount_fen} bare={step.role !== 'result'} />
          </span>
        )}
      </span>
      <span className="step-stamp">{seal && <Stamp hash={seal.leaf_hash} state={seal.index === null ? 'open' : 'sealed'} />}</span>
      {open && (
        <ul className="step-facts">
          {step.facts.map((fact) => (
            <li key={fact.id}>
              <Link to={`/evidence/facts/${encodeURIComponent(fact.id)}`}>{fact.label}</Link>
              {fact.amount_fen !== undefined && <Money fen={fact.amount_fen} bare />}
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}
