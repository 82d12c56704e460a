import { Button, Input, Select } from 'antd'
import type { Problem } from '@/api/problem'
import { fill, useLang } from '@/i18n'
import { format, sum } from '@/money/fen'
import { Slot } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import type { Sending } from './api'
import { bodyOf, EMPTY, noAmount, withLine, type Line } from './model'
import { Upload } from './Upload'

interface Props {
  lines: Line[]
  sendings: Sending[]
  problem: Problem | null
  onChange: (lines: Line[]) => void
}

/** What the project costs. A line that a source is to bear stays as it was sent. */
export function CostLines({ lines, sendings, problem, onChange }: Props) {
  const { d, say } = useLang()
  const w = d.project
  const uses = Object.entries(w.use).map(([value, label]) => ({ value: value as Line['use'], label }))
  const bearer = (id: string) => sendings.find((s) => s.state !== 'declined' && s.state !== 'withdrawn' && s.lines.includes(id))
  const total = sum(bodyOf({ ...EMPTY, lines }).costs.map((c) => c.amount_fen))
  return (
    <Card title={w.costs} note={fill(w.costsSum, { sum: format(total) })}>
      {problem?.of('costs') && <p className="bad">{problem.of('costs')}</p>}
      <div className="stack">
        {lines.map((line, i) => {
          const set = (change: Partial<Line>) => onChange(lines.map((one, at) => (at === i ? { ...one, ...change } : one)))
          const of = (field: string) => problem?.of(`costs[${i}].${field}`)
          const borne = bearer(line.id)
          return (
            <fieldset key={line.id} className="project-line">
              <legend>{fill(w.lineOf, { n: i + 1 })}</legend>
              <Slot label={w.lineName} error={of('name') ?? of('id')}>
                {(control) => <Input {...control} disabled={borne !== undefined} maxLength={240} value={line.name} onChange={(e) => set({ name: e.target.value })} />}
              </Slot>
              <Slot label={w.costUse} error={of('use')}>
                {(control) => <Select {...control} className="full" disabled={borne !== undefined} value={line.use} onChange={(use) => set({ use })} options={uses} />}
              </Slot>
              <Slot label={w.yuan} error={noAmount(line.yuan) ? w.yuanBad : of('amount_fen')}>
                {(control) => <Input {...control} disabled={borne !== undefined} className="num" inputMode="decimal" value={line.yuan} onChange={(e) => set({ yuan: e.target.value })} />}
              </Slot>
              <div className="project-line-foot">
                {borne ? (
                  <span className="note">{fill(w.borneBy, { source: say(borne.source_name) })}</span>
                ) : (
                  <>
                    <Upload label={`${w.invoice} ${i + 1}`} onKept={(paper) => set({ invoice: paper.sha256 })} />
                    <Button size="small" disabled={lines.length === 1} aria-label={fill(w.removeCost, { n: i + 1 })} onClick={() => onChange(lines.filter((_, at) => at !== i))}>
                      {w.remove}
                    </Button>
                  </>
                )}
                {line.invoice !== '' && <span className="note mono">{fill(w.invoiceKept, { hash: line.invoice.slice(0, 12) })}</span>}
                {of('invoice') && <span className="note bad">{of('invoice')}</span>}
              </div>
            </fieldset>
          )
        })}
        <div>
          <Button size="small" disabled={lines.length >= 200} onClick={() => onChange(withLine(lines))}>
            {w.addCost}
          </Button>
        </div>
      </div>
    </Card>
  )
}
