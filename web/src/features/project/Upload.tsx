import { Button } from 'antd'
import { useRef } from 'react'
import { useWrite } from '@/api/write'
import { ErrorPanel } from '@/pattern/state/states'
import { upload } from './api'
import type { Paper } from './model'

/** Keeps a file, which the project then names by its hash. */
export function Upload({ label, onKept }: { label: string; onKept: (paper: Paper) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const send = useWrite(upload, onKept)
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) send.mutate(file)
          event.target.value = ''
        }}
      />
      <Button size="small" disabled={send.isPending} onClick={() => input.current?.click()}>
        {label}
      </Button>
      {send.error && <ErrorPanel error={send.error} />}
    </>
  )
}
