import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useWrite } from '@/api/write'
import { fill, useLang } from '@/i18n'
import { format } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { act } from './api'
import { actsOf, type Act, type Voucher } from './model'

/** What the reader may do to a voucher, with a reason, and what follows from it. */
export function ActCard({ voucher: v }: { voucher: Voucher }) {
  const { d } = useLang()
  const w = d.voucher
  const acts = actsOf(v.allowed)
  const [step, setStep] = useState<Act>(acts[0] ?? 'return')
  const [reason, setReason] = useState('')
  const send = useWrite(act(v.id, step), () => setReason(''))
  const id = useId()
  return (
    <Card title={w.act}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ revision: v.revision, reason: reason.trim() })
        }}
      >
        {acts.length > 1 && <Select<Act> className="full" aria-label={w.act} value={step} onChange={setStep} options={acts.map((one) => ({ value: one, label: w.go[one] }))} />}
        <p>{fill(w.effect[step], { free: format(v.free_fen) })}</p>
        <div className="field">
          <label htmlFor={id}>{w.reason}</label>
          <Input.TextArea id={id} autoSize={{ minRows: 2 }} maxLength={1000} placeholder={w.reasonHint} value={reason} onChange={(event) => setReason(event.target.value)} />
        </div>
        {send.error !== null && <ErrorPanel error={send.error} />}
        <div>
          <Button type="primary" danger={step !== 'approve'} htmlType="submit" disabled={reason.trim() === '' || send.isPending}>
            {w.go[step]}
          </Button>
        </div>
      </form>
    </Card>
  )
}
