//! States, and why something is not running.

words! {
    RUNNING = "Running", "运行中";
    NOT_READY = "Not ready", "未就绪";
    EXCEPTION = "Exception", "异常";
    WAITING = "Waiting", "等待中";
    DELETING = "Deleting", "删除中";
    STOPPED = "Stopped", "已停止";
    STOPPING = "Stopping: {0} pods left", "正在停止：剩余 {0} 个 Pod";
    NOT_SEEN_YET = "The controller has not seen the last change yet", "控制器尚未处理最近的变更";
    OUTDATED = "{0} of {1} pods still run the previous version", "{1} 个 Pod 中有 {0} 个仍为旧版本";
    ROLLING = "Rolling out: {0} of {1} pods updated, {2} ready", "正在滚动更新：{1} 个 Pod 中已更新 {0} 个，就绪 {2} 个";
    STARTING = "Starting: {0} of {1} pods ready", "正在启动：{1} 个 Pod 中已就绪 {0} 个";
    POD_BAD = "Pod {0}: {1}. {2}", "Pod {0}：{1}。{2}";
    POD_BLOCKS_ONE = "Pod {0}: {1}. {2} One later pod waits for it.", "Pod {0}：{1}。{2} 后面还有 1 个 Pod 在等待它。";
    POD_BLOCKS = "Pod {0}: {1}. {2} {3} later pods wait for it.", "Pod {0}：{1}。{2} 后面还有 {3} 个 Pod 在等待它。";
    CRASH_LOOP = "Container {0} keeps ending with exit code {1} ({2} restarts). Its log of the previous run tells why.", "容器 {0} 反复以退出码 {1} 结束（已重启 {2} 次），请查看上一次运行的日志。";
    CRASH_OOM = "Container {0} keeps running out of memory ({1} restarts). Raise its memory limit or lower its use.", "容器 {0} 反复因内存不足被终止（已重启 {1} 次），请提高内存限制或降低内存使用。";
    CONTAINER_SAYS = "Container {0}: {1}", "容器 {0}：{1}";
    CONTAINER_ENDED = "Container {0} ended with exit code {1}", "容器 {0} 以退出码 {1} 结束";
    CONTAINER_NOT_READY = "Container {0} runs but is not ready yet", "容器 {0} 已运行但尚未就绪";
    LAST_KNOWN = "{0}, last seen", "{0}（最后获取）";
    EXCEPTION_WHY = "Exception. {0}", "异常。{0}";
    EXCEPTION_BEFORE = "Exception. {0} Before that: {1}", "异常。{0}此前：{1}";
    CLUSTER_GONE = "Its cluster does not answer; this is what was last seen.", "所在集群无响应，显示的是最后一次获取的数据。";
}
