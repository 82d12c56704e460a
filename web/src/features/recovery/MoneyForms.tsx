import { Select } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { format, parseYuan } from '@/money/fen'
import { ActForm, Choice, Field, Words } from '@/pattern/form/Form'
import { receive, reverse } from './api'
import type { Recovery } from './model'

/** Money that came in, as the bank's statement has it. */
export function ReceiptForm({ recovery: r }: { recovery: Recovery }) {
  const { d, say } = useLang()
  const w = d.recovery
  const [form, setForm] = useState({ yuan: '', on: '', bank: '', payer: r.org_name, purse: '' })
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }))
  const send = useWrite(receive(r.id))
  const amount = parseYuan(form.yuan)
  const purses = [...new Map(r.parts.map((p) => [p.purse, p.purse_name]))]
  return (
    <ActForm
      label={w.go.receive}
      error={send.error}
      pending={send.isPending}
      ready={amount !== null && form.on !== '' && form.bank.trim() !== '' && form.payer.trim() !== ''}
      onSubmit={() => send.mutate({ amount_fen: amount ?? '0', on: form.on, bank_reference: form.bank.trim(), payer: form.payer.trim(), ...(form.purse && { purse: form.purse }) })}
    >
      <Field label={w.amount} value={form.yuan} onChange={(yuan) => set({ yuan })} />
      <Choice label={w.intoPurse} value={form.purse} onChange={(purse) => set({ purse })} options={[{ value: '', label: w.allPurses }, ...purses.map(([value, name]) => ({ value, label: say(name) }))]} />
      <Field label={w.on} type="date" value={form.on} onChange={(on) => set({ on })} />
      <Field label={w.bank} mono value={form.bank} onChange={(bank) => set({ bank })} />
      <Field label={w.payer} value={form.payer} onChange={(payer) => set({ payer })} />
    </ActForm>
  )
}

/** Takes a receipt back by a new entry: a mistake, or the bank returned it. */
export function ReverseForm({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const booked = r.receipts.filter((one) => one.state === 'booked')
  const [receipt, setReceipt] = useState(booked[0]?.id ?? '')
  const [reason, setReason] = useState('')
  const send = useWrite(reverse(r.id))
  return (
    <ActForm label={w.go.reverse} danger error={send.error} pending={send.isPending} ready={receipt !== '' && reason.trim() !== ''} onSubmit={() => send.mutate({ revision: r.revision, reason: reason.trim(), receipt })}>
      <Select className="full" aria-label={w.reverseWhich} value={receipt} onChange={setReceipt} options={booked.map((one) => ({ value: one.id, label: `${one.bank_reference} ¥${format(one.amount_fen)}` }))} />
      <Words label={w.reason} hint={w.reasonHint} rows={2} value={reason} onChange={setReason} />
    </ActForm>
  )
}
