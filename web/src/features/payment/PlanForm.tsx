import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { fill, useLang } from '@/i18n'
import { format, difference, sum } from '@/money/fen'
import { ErrorPanel } from '@/pattern/state/states'
import { setPlan, type CasePayment } from './api'
import { shareOf } from './model'

interface Row {
  percent: string
  milestone: string
  due: string
  evidence: string
  confirms: 'office' | 'finance'
}

const EMPTY: Row = { percent: '', milestone: '', due: '', evidence: '', confirms: 'office' }

/** Divides what is left of an award by shares; the server sees that it comes out to the fen. */
export function PlanForm({ payment: p, onDone }: { payment: CasePayment; onDone: () => void }) {
  const { d } = useLang()
  const [rows, setRows] = useState<Row[]>([{ ...EMPTY, percent: '50' }, { ...EMPTY, percent: '50' }])
  const [reason, setReason] = useState('')
  const save = useWrite(setPlan(p.case), onDone)
  const fixed = p.plan_version > 0 ? p.parts.filter((part) => part.state === 'paid' || part.state === 'issued' || part.confirmed_on) : []
  const rest = difference(p.total_fen, sum(fixed.map((part) => part.amount_fen)))
  const change = (i: number, part: Partial<Row>) => setRows((all) => all.map((row, n) => (n === i ? { ...row, ...part } : row)))
  const ready = reason.trim() !== '' && rows.every((row) => shareOf(row.percent) !== null)
  function submit() {
    const parts = rows.map((row) => ({
      share: shareOf(row.percent) ?? '',
      ...(row.milestone.trim() ? { milestone: row.milestone.trim(), confirms: row.confirms, evidence: row.evidence.trim(), ...(row.due ? { due_on: row.due } : {}) } : {}),
    }))
    save.mutate({ plan_version: p.plan_version, parts, reason: reason.trim() })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <h3>
        {fill(d.payment.planTitle, { rest: `¥${format(rest)}` })} <span className="note">{d.payment.planNote}</span>
      </h3>
      {rows.map((row, i) => (
        <div key={i} className="plan-part">
          <label>
            {d.payment.share}
            <Input inputMode="decimal" value={row.percent} status={shareOf(row.percent) === null ? 'error' : ''} onChange={(event) => change(i, { percent: event.target.value })} />
          </label>
          <label>
            {d.payment.milestone}
            <Input value={row.milestone} maxLength={300} onChange={(event) => change(i, { milestone: event.target.value })} />
          </label>
          <label>
            {d.performance.due}
            <Input type="date" value={row.due} disabled={!row.milestone.trim()} onChange={(event) => change(i, { due: event.target.value })} />
          </label>
          <label>
            {d.payment.evidence}
            <Input value={row.evidence} maxLength={300} disabled={!row.milestone.trim()} onChange={(event) => change(i, { evidence: event.target.value })} />
          </label>
          <label>
            {d.payment.confirms}
            <Select value={row.confirms} disabled={!row.milestone.trim()} onChange={(confirms) => change(i, { confirms })} options={(['office', 'finance'] as const).map((value) => ({ value, label: d.payment.ask[value] }))} />
          </label>
          <Button size="small" disabled={rows.length === 1} aria-label={`${d.payment.removePart} ${i + 1}`} onClick={() => setRows((all) => all.filter((_, n) => n !== i))}>
            {d.payment.removePart}
          </Button>
        </div>
      ))}
      <p className="row">
        <Button size="small" disabled={rows.length >= 24} onClick={() => setRows((all) => [...all, EMPTY])}>
          {d.payment.addPart}
        </Button>
      </p>
      <Input.TextArea aria-label={d.payment.planReason} placeholder={d.payment.planReason} maxLength={2000} autoSize={{ minRows: 2, maxRows: 6 }} value={reason} onChange={(event) => setReason(event.target.value)} />
      {save.error && <ErrorPanel error={save.error} />}
      <div className="row plan-acts">
        <Button type="primary" htmlType="submit" disabled={save.isPending || !ready}>
          {d.payment.savePlan}
        </Button>
        <Button onClick={onDone}>{d.app.cancel}</Button>
      </div>
    </form>
  )
}
