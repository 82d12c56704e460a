import './import.css'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useMutation } from '@tanstack/react-query'
import { newKey } from '@/api/write'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { ErrorPanel } from '@/pattern/state/states'
import { upload } from './api'

/** Upload a file; the preview page follows. */
export default function ImportPage() {
  const { d } = useLang()
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  const send = useMutation({ mutationFn: (f: File) => upload(f, newKey()), onSuccess: (made) => void navigate(`/import/${made.id}`) })
  return (
    <>
      <PageHead title={d.import.title} sentence={d.import.sentence} />
      <Card title={d.import.file} note={d.import.fileNote}>
        <div
          className="drop"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault()
            setFile(event.dataTransfer.files[0] ?? null)
          }}
        >
          <input ref={input} type="file" accept=".csv,.parquet,text/csv" hidden aria-label={d.import.file} onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
          <Button onClick={() => input.current?.click()}>{d.import.choose}</Button>
          <span className="break">{file?.name}</span>
          <Button type="primary" disabled={send.isPending || !file} onClick={() => file && send.mutate(file)}>
            {d.import.upload}
          </Button>
        </div>
        {send.error && <ErrorPanel error={send.error} />}
      </Card>
    </>
  )
}
