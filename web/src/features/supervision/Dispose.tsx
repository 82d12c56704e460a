import { Button, Input, Radio } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useKept } from '@/features/session/kept'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { dispose, type Verdict } from './api'
import { FOLLOWS, type Alarm, type Follow } from './model'

/** The decision on an alarm: a reason always, and for a confirmation what follows. Each button names its effect. */
export function Dispose({ alarm, onConflict }: { alarm: Alarm; onConflict: () => void }) {
  const { d } = useLang()
  const kept = useKept<string>(`alarm.${alarm.id}`)
  const [reason, setReason] = useState(() => kept.read() ?? '')
  const [follow, setFollow] = useState<Follow>('refuse')
  const [wanted, setWanted] = useState(false)
  const write = useWrite(dispose(alarm), () => {
    setReason('')
    kept.forget()
  })
  if (alarm.allowed.length === 0) return null
  const act = (verdict: Verdict) => {
    if (!reason.trim()) {
      setWanted(true)
      return
    }
    write.mutate({ act: verdict, reason: reason.trim(), follow })
  }
  const conflict = write.error !== null && Problem.from(write.error).code === 'conflict'
  return (
    <Card title={d.supervision.decide} note={alarm.severity === 'stop' ? d.supervision.twoPeople : undefined}>
      <Input.TextArea
        aria-label={d.supervision.reason}
        autoSize={{ minRows: 3, maxRows: 8 }}
        maxLength={2000}
        placeholder={d.supervision.reasonHint}
        value={reason}
        status={wanted && !reason.trim() ? 'error' : ''}
        onChange={(event) => {
          setReason(event.target.value)
          kept.write(event.target.value)
        }}
      />
      {wanted && !reason.trim() && (
        <p className="note bad" role="alert">
          {d.supervision.reasonNeeded}
        </p>
      )}
      {alarm.allowed.includes('confirm') && (
        <Radio.Group className="follow" aria-label={d.supervision.followTitle} value={follow} onChange={(event) => setFollow(event.target.value as Follow)} options={FOLLOWS.map((f) => ({ value: f, label: d.supervision.follow[f] }))} />
      )}
      <div className="dispose">
        {alarm.allowed.map((verdict) => (
          <Button key={verdict} type={verdict === 'confirm' || verdict === 'consent' ? 'primary' : 'default'} disabled={write.isPending} onClick={() => act(verdict)}>
            {d.supervision.act[verdict]}
          </Button>
        ))}
      </div>
      {write.error !== null && <ErrorPanel error={write.error} unchanged={conflict ? '' : d.application.textKept} {...(conflict ? { onRetry: onConflict, retry: d.application.refresh } : {})} />}
    </Card>
  )
}
