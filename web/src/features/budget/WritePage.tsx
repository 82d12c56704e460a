import './budget.css'
import { useMutation } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useId, useRef, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Problem } from '@/api/problem'
import { newKey, useWrite } from '@/api/write'
import { useMeasures } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { format } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { preview, propose, usePurses, useUnused } from './api'
import { capGood, complete, EMPTY, filled, linesOf, ofPreview, ofUnused, sentAs, totals, type Preview, type Typed } from './model'

/** An order to write: empty, or filled in with what a year left over. */
export default function WritePage() {
  const { d } = useLang()
  const w = d.budget
  const now = Number(useSession().businessDate.slice(0, 4))
  const [params] = useSearchParams()
  const lapse = Number(params.get('unused')) || 0
  const carry = Number(params.get('carry')) || 0
  const unused = useUnused(lapse || carry)
  return (
    <>
      <PageHead title={w.write} crumbs={<Link to="/budgets">{w.title}</Link>} sentence={w.writeHint} />
      {lapse || carry ? (
        <Loaded query={unused} lines={6}>
          {(u) => <Form year={lapse || carry + 1} basis={lapse ? w.lapseBasis : w.carryBasis} lines={ofUnused(u.items, lapse ? 'lapse' : 'carry')} />}
        </Loaded>
      ) : (
        <Form year={now} basis="" lines={[]} />
      )}
    </>
  )
}

function Form({ year: first, basis: said, lines }: { year: number; basis: string; lines: Typed[] }) {
  const { d } = useLang()
  const w = d.budget
  const id = useId()
  const go = useNavigate()
  const [year, setYear] = useState(String(first))
  const [basis, setBasis] = useState(said)
  const [rows, setRows] = useState<Typed[]>(lines.length > 0 ? lines : [EMPTY])
  const send = useWrite(propose, (made) => void go(`/budgets/${made.id}`))
  const sending = filled(rows)
  const { given, taken } = totals(sending)
  /** What the server found wrong was about other words. */
  function type(lines: Typed[]) {
    send.reset()
    setRows(lines)
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate({ year: Number(year), basis: basis.trim(), lines: linesOf(sending) })
      }}
    >
      <Card title={w.basis}>
        <div className="budget-basis">
          <div className="field">
            <label htmlFor={`${id}-year`}>{w.year}</label>
            <Input id={`${id}-year`} inputMode="numeric" maxLength={4} value={year} onChange={(e) => setYear(e.target.value.replace(/\D/g, ''))} />
          </div>
          <div className="field">
            <label htmlFor={`${id}-basis`}>{w.basis}</label>
            <Input.TextArea id={`${id}-basis`} autoSize={{ minRows: 1 }} maxLength={500} placeholder={w.basisHint} value={basis} onChange={(e) => setBasis(e.target.value)} />
          </div>
        </div>
      </Card>
      <Card title={w.lines} note={w.amountHint} extra={<Upload onRead={type} />}>
        <p className="note budget-hint">{w.capHint}</p>
        <Rows rows={rows} faults={send.error ? Problem.from(send.error) : null} onChange={type} />
      </Card>
      {send.error && <ErrorPanel error={send.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" disabled={send.isPending || year.length !== 4 || !basis.trim() || !complete(sending)}>
          {w.submit}
        </Button>
        <span className="note num">{fill(w.sum, { given: format(given), taken: format(taken) })}</span>
      </div>
    </form>
  )
}

/** The lines as they are typed; what the server found wrong with one stands under it until something is changed. */
function Rows({ rows, faults, onChange }: { rows: Typed[]; faults: Problem | null; onChange: (rows: Typed[]) => void }) {
  const { d, say } = useLang()
  const w = d.budget
  const id = useId()
  const purses = (usePurses().data ?? []).map((p) => ({ value: p.purse, label: say(p.name) }))
  const measures = (useMeasures().data ?? []).map((m) => ({ value: m.id, label: `${m.id} ${say(m.name)}` }))
  const set = (at: number, change: Partial<Typed>) => onChange(rows.map((row, i) => (i === at ? { ...row, ...change } : row)))
  return (
    <>
      {rows.map((row, i) => {
        const of = (field: string) => faults?.of(`lines[${sentAs(rows, i)}].${field}`)
        const wrong = { purse: of('purse'), measure: of('measure'), yuan: of('amount_fen'), cap: capGood(row.cap) ? of('cap_fen') : w.capBad }
        const mark = (field: keyof typeof wrong) => ({ status: wrong[field] ? ('error' as const) : ('' as const), 'aria-invalid': Boolean(wrong[field]), 'aria-describedby': wrong[field] ? `${id}-${i}` : undefined })
        const said = Object.values(wrong).filter(Boolean)
        return (
          <div key={i} className="budget-line">
            <Select showSearch optionFilterProp="label" aria-label={`${w.purse} ${i + 1}`} placeholder={w.purse} value={row.purse || undefined} onChange={(purse: string) => set(i, { purse })} options={purses} {...mark('purse')} />
            <Select showSearch optionFilterProp="label" aria-label={`${w.measure} ${i + 1}`} placeholder={w.measure} value={row.measure || undefined} onChange={(measure: string) => set(i, { measure })} options={measures} {...mark('measure')} />
            <Input inputMode="decimal" className="num" aria-label={`${w.amount} ${i + 1}`} placeholder={w.amount} value={row.yuan} onChange={(e) => set(i, { yuan: e.target.value })} {...mark('yuan')} />
            <Input inputMode="decimal" className="num" aria-label={`${w.capYuan} ${i + 1}`} placeholder={w.capYuan} value={row.cap} onChange={(e) => set(i, { cap: e.target.value })} {...mark('cap')} />
            <Button aria-label={fill(w.remove, { n: i + 1 })} disabled={rows.length === 1} onClick={() => onChange(rows.filter((_, at) => at !== i))}>
              ×
            </Button>
            {said.length > 0 && (
              <p id={`${id}-${i}`} className="note bad budget-fault" role="alert">
                {said.join(' ')}
              </p>
            )}
          </div>
        )
      })}
      <Button size="small" disabled={rows.length >= 500} onClick={() => onChange([...rows, EMPTY])}>
        {w.add}
      </Button>
    </>
  )
}

/** Fills the rows in from a table; one with faults fills in nothing and names each. */
function Upload({ onRead }: { onRead: (rows: Typed[]) => void }) {
  const { d, say } = useLang()
  const w = d.budget
  const input = useRef<HTMLInputElement>(null)
  const [bad, setBad] = useState<Preview[]>([])
  const read = useMutation({
    mutationFn: (file: File) => preview(file, newKey()),
    onSuccess: (table) => {
      setBad(table.lines.filter((l) => l.faults.length > 0))
      if (table.bad === 0) onRead(ofPreview(table.lines))
    },
  })
  const cells: Record<string, string> = w.cell
  return (
    <div className="budget-upload">
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        hidden
        aria-label={w.upload}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) read.mutate(file)
          event.target.value = ''
        }}
      />
      <Button size="small" disabled={read.isPending} title={w.uploadHint} onClick={() => input.current?.click()}>
        {w.upload}
      </Button>
      <span className="note">{w.uploadHint}</span>
      {read.error && <ErrorPanel error={read.error} />}
      {bad.length > 0 && (
        <div role="alert" className="bad">
          {fill(w.uploadBad, { bad: bad.length })}
          <ul>
            {bad.flatMap((l) =>
              l.faults.map((f, i) => (
                <li key={`${l.row} ${i}`}>
                  {fill(w.row, { n: l.row })} {cells[f.path] ?? f.path}: {say(f.message)}
                </li>
              )),
            )}
          </ul>
        </div>
      )}
    </div>
  )
}
