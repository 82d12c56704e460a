import { Select } from 'antd'
import { useState } from 'react'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DecideForm } from './DecideForm'
import type { Recovery, Step } from './model'
import { ReceiptForm, ReverseForm } from './MoneyForms'
import { PlanForm, RemitForm } from './PlanForms'
import { AddForm, CiteForm, NoticeForm, StatementForm, StepForm } from './StepForms'

/** The steps that are open to whoever looks, one form at a time; the next thing comes first. */
export function Act({ recovery: r, steps }: { recovery: Recovery; steps: Step[] }) {
  const { d } = useLang()
  const w = d.recovery
  const [step, setStep] = useState<Step>(steps[0] ?? 'cite')
  return (
    <Card title={w.act}>
      <div className="stack">
        {steps.length > 1 && <Select<Step> className="full" aria-label={w.act} value={step} onChange={setStep} options={steps.map((one) => ({ value: one, label: w.go[one] }))} />}
        <Form recovery={r} step={step} />
      </div>
    </Card>
  )
}

function Form({ recovery: r, step }: { recovery: Recovery; step: Step }) {
  switch (step) {
    case 'cite':
      return <CiteForm recovery={r} />
    case 'add':
      return <AddForm recovery={r} />
    case 'notify':
      return <NoticeForm recovery={r} />
    case 'state':
      return <StatementForm recovery={r} />
    case 'decide':
      return <DecideForm recovery={r} />
    case 'reschedule':
      return <PlanForm recovery={r} />
    case 'remit':
      return <RemitForm recovery={r} />
    case 'receive':
      return <ReceiptForm recovery={r} />
    case 'reverse':
      return <ReverseForm recovery={r} />
    default:
      return <StepForm key={step} recovery={r} step={step} />
  }
}
