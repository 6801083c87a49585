//! A stream that fails when its reader takes nothing for too long. It stays with the connection when that
//! becomes a socket, and with it the places that the connection holds.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// The stream, and what is to be held as long as it is open.
#[derive(Debug)]
pub struct Patient<S, H> {
    stream: S,
    patience: Duration,
    /// Runs while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
    _held: H,
}

impl<S, H> Patient<S, H> {
    /// Waits for the reader so long, anew after each write that went on.
    pub fn new(stream: S, patience: Duration, held: H) -> Self {
        Patient { stream, patience, waiting: None, _held: held }
    }

    /// Passes on what a write came to; when it has waited for too long, that.
    fn judge<T>(&mut self, context: &mut Context<'_>, wrote: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.waiting = None;
            return wrote;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin, H: Unpin> AsyncRead for Patient<S, H> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin, H: Unpin> AsyncWrite for Patient<S, H> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.judge(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judge(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn whoever_reads_gets_all_and_whoever_does_not_is_let_go() {
        let (near, mut far) = duplex(8);
        let mut stream = Patient::new(near, Duration::from_secs(60), ());
        let mut read = Vec::new();
        let (wrote, _) = tokio::join!(
            async {
                stream.write_all(&[7; 1000]).await.unwrap();
                stream.shutdown().await
            },
            far.read_to_end(&mut read)
        );
        wrote.unwrap();
        assert_eq!(read.len(), 1000);

        let (near, _far) = duplex(8);
        let mut stream = Patient::new(near, Duration::from_millis(20), ());
        assert_eq!(stream.write_all(&[7; 1000]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
