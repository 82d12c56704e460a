import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { confirm, end } from './api'
import type { Order } from './model'

/** The second person confirms or refuses; the writer may take the order back. */
export function SecondPerson({ order: o, note }: { order: Order; note: string }) {
  const { d } = useLang()
  const w = d.budget
  const id = useId()
  const [reason, setReason] = useState('')
  const how = o.allowed.includes('withdraw') ? 'withdraw' : 'refuse'
  const consent = useWrite(confirm(o.id))
  const no = useWrite(end(o.id, how))
  const error = consent.error ?? no.error
  return (
    <Card title={w.act} note={note}>
      <div className="stack">
        {o.allowed.includes('confirm') && (
          <div>
            <Button type="primary" disabled={consent.isPending || no.isPending} onClick={() => consent.mutate(o.revision)}>
              {w.confirm}
            </Button>
            <p className="note">{w.confirmHint}</p>
          </div>
        )}
        <div className="field">
          <label htmlFor={id}>{w.reason}</label>
          <Input.TextArea id={id} autoSize={{ minRows: 2 }} maxLength={1000} value={reason} onChange={(e) => setReason(e.target.value)} />
        </div>
        {error && <ErrorPanel error={error} />}
        <div>
          <Button danger disabled={consent.isPending || no.isPending || !reason.trim()} onClick={() => no.mutate({ revision: o.revision, reason: reason.trim() })}>
            {w[how]}
          </Button>
        </div>
      </div>
    </Card>
  )
}
