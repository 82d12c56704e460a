import './call.css'
import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { letApply } from './api'
import type { Call } from './model'

/** The sandbox's firms apply in a call; there is no such thing outside it. */
export function SandboxCrowd({ call }: { call: Call }) {
  const { d } = useLang()
  const { sandbox } = useSession()
  const [count, setCount] = useState(20)
  const write = useWrite(letApply(call.id))
  if (!sandbox) return null
  return (
    <Card title={d.call.crowd.title} note={d.call.crowd.note}>
      <div className="act-form">
        <InputNumber min={1} max={1000} value={count} aria-label={d.call.crowd.count} onChange={(n) => setCount(n ?? 1)} suffix={d.call.crowd.unit} />
        <Button disabled={write.isPending} loading={write.isPending} onClick={() => write.mutate(count)}>
          {d.call.crowd.act}
        </Button>
        {write.error && <ErrorPanel error={write.error} />}
        {write.data && <p role="status">{fill(d.call.crowd.done, { n: write.data.applied })}</p>}
      </div>
    </Card>
  )
}
