import { Button, Input } from 'antd'
import { useId, type ReactNode } from 'react'
import { fill, useLang } from '@/i18n'
import { format, parseYuan, sum } from '@/money/fen'
import { ErrorPanel } from '@/pattern/state/states'

interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: string
  type?: 'text' | 'date'
  mono?: boolean
}

export function Field({ label, value, onChange, hint = '', type = 'text', mono = false }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Input id={id} type={type} className={mono ? 'mono' : ''} placeholder={hint} value={value} onChange={(e) => onChange(e.target.value)} />
    </div>
  )
}

export function Words({ label, value, onChange, hint = '', rows = 3 }: Omit<FieldProps, 'type' | 'mono'> & { rows?: number }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Input.TextArea id={id} autoSize={{ minRows: rows }} maxLength={4000} placeholder={hint} value={value} onChange={(e) => onChange(e.target.value)} />
    </div>
  )
}

interface FormProps {
  children: ReactNode
  label: string
  error: Error | null
  pending: boolean
  ready: boolean
  danger?: boolean
  onSubmit: () => void
}

export function ActForm({ children, label, error, pending, ready, danger = false, onSubmit }: FormProps) {
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
      {error !== null && <ErrorPanel error={error} />}
      <div>
        <Button type="primary" danger={danger} htmlType="submit" disabled={!ready || pending}>
          {label}
        </Button>
      </div>
    </form>
  )
}

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
