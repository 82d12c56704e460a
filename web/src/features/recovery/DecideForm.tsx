import { useState } from 'react'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { fromPercent, parseYuan, plain as digits, sum } from '@/money/fen'
import { ActForm, Field, Words } from '@/pattern/form/Form'
import { decide } from './api'
import { PlanInput, planOf, type Typed } from './Fields'
import { interestOn, type Recovery } from './model'

/** The decision. While there is one instalment, it follows the principal and its interest. */
export function DecideForm({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const [form, setForm] = useState({ principal: digits(r.money.paid_fen), rate: '', from: '', to: '', source: '', exclude: '', reason: '' })
  const [rows, setRows] = useState<Typed[]>([{ due: '', yuan: digits(r.money.paid_fen) }])
  const set = (change: Partial<typeof form>) => {
    const next = { ...form, ...change }
    setForm(next)
    const principal = parseYuan(next.principal)
    const yearly = next.rate.trim() === '' ? '' : fromPercent(next.rate.trim())
    const interest = principal === null || yearly === null ? null : interestOn(principal, yearly, next.from, next.to)
    if (rows.length === 1 && principal !== null && interest !== null) setRows([{ due: rows[0]?.due ?? '', yuan: digits(sum([principal, interest])) }])
  }
  const send = useWrite(decide(r.id))
  const amount = parseYuan(form.principal)
  const bears = form.rate.trim() !== ''
  const rate = bears ? fromPercent(form.rate.trim()) : ''
  return (
    <ActForm
      label={w.go.decide}
      error={send.error}
      pending={send.isPending}
      ready={amount !== null && rate !== null && form.reason.trim() !== '' && rows.every((row) => row.due !== '')}
      onSubmit={() =>
        send.mutate({
          revision: r.revision,
          reason: form.reason.trim(),
          amount_fen: amount ?? '0',
          interest: bears ? { rate: rate ?? '', from: form.from, to: form.to, source: form.source.trim() } : { rate: '', source: '' },
          instalments: planOf(rows),
          ...(form.exclude ? { exclude_until: form.exclude } : {}),
        })
      }
    >
      <Field label={w.principal} value={form.principal} onChange={(principal) => set({ principal })} />
      <Field label={w.rate} hint="3.45%" value={form.rate} onChange={(rate) => set({ rate })} />
      {bears && (
        <>
          <Field label={w.from} type="date" value={form.from} onChange={(from) => set({ from })} />
          <Field label={w.to} type="date" value={form.to} onChange={(to) => set({ to })} />
          <Words label={w.source} rows={1} value={form.source} onChange={(source) => set({ source })} />
        </>
      )}
      <PlanInput rows={rows} onChange={setRows} />
      {r.notice?.listing && <Field label={w.exclude} type="date" value={form.exclude} onChange={(exclude) => set({ exclude })} />}
      <Words label={w.reason} hint={w.reasonHint} value={form.reason} onChange={(reason) => set({ reason })} />
    </ActForm>
  )
}
