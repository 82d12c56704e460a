import { Button, Input } from 'antd'
import { fill, useLang } from '@/i18n'
import { format, parseYuan, sum } from '@/money/fen'

/** An instalment as somebody types it. */
export interface Typed {
  due: string
  yuan: string
}

export const planOf = (rows: Typed[]) => rows.map((row) => ({ due: row.due, amount_fen: parseYuan(row.yuan) ?? '0' }))

export function PlanInput({ rows, onChange }: { rows: Typed[]; onChange: (rows: Typed[]) => void }) {
  const { d } = useLang()
  const w = d.recovery
  const set = (at: number, change: Partial<Typed>) => onChange(rows.map((row, i) => (i === at ? { ...row, ...change } : row)))
  return (
    <fieldset className="field">
      <legend>{w.plan}</legend>
      {rows.map((row, i) => (
        <div key={i} className="instalment-input">
          <Input type="date" aria-label={`${w.dueBy} ${i + 1}`} value={row.due} onChange={(e) => set(i, { due: e.target.value })} />
          <Input inputMode="decimal" aria-label={`${w.amount} ${i + 1}`} value={row.yuan} onChange={(e) => set(i, { yuan: e.target.value })} />
          <Button aria-label={fill(w.removeInstalment, { n: i + 1 })} disabled={rows.length === 1} onClick={() => onChange(rows.filter((_, at) => at !== i))}>
            ×
          </Button>
        </div>
      ))}
      <div className="row">
        <Button size="small" onClick={() => onChange([...rows, { due: '', yuan: '' }])}>
          {w.addInstalment}
        </Button>
        <span className="note">{fill(w.planSum, { sum: format(sum(planOf(rows).map((one) => one.amount_fen))) })}</span>
      </div>
    </fieldset>
  )
}
