import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { declare, useAllExperts } from './api'

/** A reviewer leaves one case; it vanishes with the reason. */
export function Recuse({ id, onDone }: { id: string; onDone: () => void }) {
  const { d } = useLang()
  const w = d.review
  const [reason, setReason] = useState('')
  const field = useId()
  const send = useWrite(declare, onDone)
  return (
    <Card title={w.recuse}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ case: id, reason: reason.trim() })
        }}
      >
        <p className="note">{w.recuseNote}</p>
        <div className="field">
          <label htmlFor={field}>{w.reason}</label>
          <Input.TextArea id={field} autoSize={{ minRows: 2 }} maxLength={2000} placeholder={w.reasonHint} value={reason} onChange={(e) => setReason(e.target.value)} />
        </div>
        {send.error && <ErrorPanel error={send.error} />}
        <div>
          <Button danger htmlType="submit" disabled={!reason.trim() || send.isPending}>
            {w.recuseGo}
          </Button>
        </div>
      </form>
    </Card>
  )
}

/** A standing declaration about an organisation: a reviewer's own, or the office's about an expert. */
export function DeclareForm({ office }: { office: boolean }) {
  const { d } = useLang()
  const w = d.review
  const blank = { expert: '', org: '', reason: '' }
  const [form, setForm] = useState(blank)
  const experts = useAllExperts(office)
  const field = useId()
  const send = useWrite(declare, () => setForm(blank))
  const problem = send.error ? Problem.from(send.error) : null
  return (
    <Card title={w.declare}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ org: form.org.trim(), reason: form.reason.trim(), ...(office ? { expert: form.expert } : {}) })
        }}
      >
        {office && (
          <div className="field">
            <label htmlFor={`${field}-expert`}>{w.expert}</label>
            <Select id={`${field}-expert`} className="full" showSearch optionFilterProp="label" value={form.expert || null} onChange={(expert) => setForm((f) => ({ ...f, expert: expert ?? '' }))} options={experts.data?.map((e) => ({ value: e.id, label: `${e.name} · ${e.employer.name}` })) ?? []} />
          </div>
        )}
        <TextField name="org" label={w.orgCode} value={form.org} onChange={(org) => setForm((f) => ({ ...f, org }))} error={problem?.of('org')} />
        <div className="field">
          <label htmlFor={field}>{w.reason}</label>
          <Input.TextArea id={field} autoSize={{ minRows: 2 }} maxLength={2000} placeholder={w.reasonHint} value={form.reason} onChange={(e) => setForm((f) => ({ ...f, reason: e.target.value }))} />
        </div>
        {send.error && <ErrorPanel error={send.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={send.isPending || !form.org.trim() || !form.reason.trim() || (office && !form.expert)}>
            {office ? w.declareOffice : w.declareGo}
          </Button>
        </div>
      </form>
    </Card>
  )
}
